"""Sends the visit of the test with the client of Segment or RudderStack: visit.py segment|rudder URL KEY"""

import sys

name, url, key = sys.argv[1:]
failures = []
options = {"host": url, "gzip": True, "on_error": lambda error, batch: failures.append(error)}
if name == "segment":
    from segment.analytics.client import Client
else:
    from rudderstack.analytics.client import Client
client = Client(key, **options)
device = {"anonymous_id": "device"}
client.track(event="Product Seen", properties={"price": 9.5}, **device)
client.identify(user_id="ann", traits={"email": "ann@shop.example", "firstName": "Ann", "plan": "pro"}, **device)
client.page(user_id="ann", name="Home", properties={"url": "https://shop.example/", "title": "Shop"})
client.screen(user_id="ann", name="Cart")
client.group(user_id="ann", group_id="acme", traits={"name": "Acme"})
client.alias(user_id="ann", previous_id="old-ann")
client.track(user_id="old-ann", event="Order Paid")
client.shutdown()
sys.exit(str(failures) if failures else 0)

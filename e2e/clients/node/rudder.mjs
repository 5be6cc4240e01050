// Sends the visit of the test with RudderStack's client, which compresses: node rudder.mjs URL KEY
import RudderAnalytics from "@rudderstack/rudder-sdk-node";

const [host, writeKey] = process.argv.slice(2);
const client = new RudderAnalytics(writeKey, { dataPlaneUrl: host, flushInterval: 100 });
client.track({ anonymousId: "device", event: "Product Seen", properties: { price: 9.5 } });
client.identify({ userId: "ann", anonymousId: "device", traits: { email: "ann@shop.example", firstName: "Ann", plan: "pro" } });
client.page({ userId: "ann", name: "Home", properties: { url: "https://shop.example/", title: "Shop" } });
client.screen({ userId: "ann", name: "Cart" });
client.group({ userId: "ann", groupId: "acme", traits: { name: "Acme" } });
client.alias({ userId: "ann", previousId: "old-ann" });
client.track({ userId: "old-ann", event: "Order Paid" });
await client.flush();

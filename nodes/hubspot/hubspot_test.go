package hubspot_test

import (
	"testing"

	"github.com/tracardi/tracardi-go/node/nodetest"

	_ "github.com/tracardi/tracardi-go/nodes/hubspot"
)

// calls are what the documentation of the CRM API (v3) asks for.
func calls(kind, properties string) (add, get, update []nodetest.Call) {
	address := "https://api.hubapi.com/crm/v3/objects/" + kind
	header := map[string]string{"Authorization": "Bearer tok", "Content-Type": "application/json"}
	add = []nodetest.Call{
		{Request: "POST " + address, Header: header, Body: `{"properties": ` + properties + `}`, Status: 201, Answer: `{"id": "7"}`},
		{Request: "POST " + address, Header: header, Body: `{"properties": {"nonsense": 1}}`, Status: 400, Answer: `{"status": "error"}`},
	}
	get = []nodetest.Call{
		{Request: "GET " + address + "/7", Header: map[string]string{"Authorization": "Bearer tok", "Content-Type": ""}, Answer: `{"id": "7"}`},
		{Request: "GET " + address + "/8%2F..%2F9", Status: 404},
	}
	update = []nodetest.Call{
		{Request: "PATCH " + address + "/7", Header: header, Body: `{"properties": ` + properties + `}`, Answer: `{"id": "7"}`},
		{Request: "PATCH " + address + "/8", Header: header, Body: `{"properties": {}}`, Status: 404},
	}
	return add, get, update
}

func TestNodes(t *testing.T) {
	addContact, getContact, updateContact := calls("contacts", `{"email": "ann@example.com"}`)
	addCompany, getCompany, updateCompany := calls("companies", `{"name": "Shop"}`)
	nodetest.GroupCalling(t, "hubspot", map[string]any{"hubspot": map[string]any{"token": "tok"}}, map[string][]nodetest.Call{
		"add-contact": addContact, "get-contact": getContact, "update-contact": updateContact,
		"add-company": addCompany, "get-company": getCompany, "update-company": updateCompany,
	})
}

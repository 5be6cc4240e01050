// Package nodes registers every node that comes with the program.
package nodes

import (
	_ "github.com/tracardi/tracardi-go/nodes/activecampaign"
	_ "github.com/tracardi/tracardi-go/nodes/ai"
	_ "github.com/tracardi/tracardi-go/nodes/airtable"
	_ "github.com/tracardi/tracardi-go/nodes/analytics"
	_ "github.com/tracardi/tracardi-go/nodes/clock" // each group registers its nodes
	_ "github.com/tracardi/tracardi-go/nodes/code"
	_ "github.com/tracardi/tracardi-go/nodes/consent"
	_ "github.com/tracardi/tracardi-go/nodes/control"
	_ "github.com/tracardi/tracardi-go/nodes/crm"
	_ "github.com/tracardi/tracardi-go/nodes/data"
	_ "github.com/tracardi/tracardi-go/nodes/database"
	_ "github.com/tracardi/tracardi-go/nodes/elasticemail"
	_ "github.com/tracardi/tracardi-go/nodes/entity"
	_ "github.com/tracardi/tracardi-go/nodes/event"
	_ "github.com/tracardi/tracardi-go/nodes/geo"
	_ "github.com/tracardi/tracardi-go/nodes/github"
	_ "github.com/tracardi/tracardi-go/nodes/hubspot"
	_ "github.com/tracardi/tracardi-go/nodes/mail"
	_ "github.com/tracardi/tracardi-go/nodes/mailchimp"
	_ "github.com/tracardi/tracardi-go/nodes/mautic"
	_ "github.com/tracardi/tracardi-go/nodes/memory"
	_ "github.com/tracardi/tracardi-go/nodes/message"
	_ "github.com/tracardi/tracardi-go/nodes/parse"
	_ "github.com/tracardi/tracardi-go/nodes/profile"
	_ "github.com/tracardi/tracardi-go/nodes/segment"
	_ "github.com/tracardi/tracardi-go/nodes/sendgrid"
	_ "github.com/tracardi/tracardi-go/nodes/text"
	_ "github.com/tracardi/tracardi-go/nodes/web"
	_ "github.com/tracardi/tracardi-go/nodes/widget"
)

package widget

import (
	"context"
	"regexp"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "youtube", Name: "Youtube widget", Icon: "brand-youtube",
		New:     func() node.Node { return &YouTube{} },
		Aliases: []string{"com_tracardi.action.v1.ux.youtube_player.plugin.YoutubePlayerPlugin"},
		Examples: []node.Example{
			{Name: "a video", Config: `{"youtube_id": "M7lc1UVf-VE", "title": "How it works"}`, Payload: `{"a": 1}`, Port: "payload"},
			{Name: "a video of the data", Config: `{"youtube_id": "payload@video"}`, Payload: `{"video": "../watch?v=1"}`, Error: "youtube_id"},
			{Name: "no video", Config: `{"youtube_id": "payload@video"}`, Error: "payload@video is missing"},
		},
	})
}

// YouTube shows a video in the corner of the page, from YouTube's address that sets no cookies before the video is played.
type YouTube struct {
	ID    node.Value    `json:"youtube_id" title:"Video" help:"Its id, as in youtube.com/watch?v=ID, or the place of one." required:"true"`
	Title node.Template `json:"title" title:"Title" help:"What the video is called, for people who cannot see it."`
}

var videoID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// Run implements node.Node.
func (n *YouTube) Run(_ context.Context, in *node.Input) (node.Output, error) {
	id, err := n.ID.Text(in)
	if err != nil {
		return node.Output{}, err
	}
	if !videoID.MatchString(id) {
		return node.Output{}, tracardi.InvalidField("youtube_id", "%q is no id of a video", id)
	}
	title, err := n.Title.Render(in)
	if err != nil {
		return node.Output{}, err
	}
	in.Show(map[string]any{"tag": "iframe", "props": map[string]any{
		"src": "https://www.youtube-nocookie.com/embed/" + id, "title": title, "width": 360, "height": 203,
		"allow": "encrypted-media; picture-in-picture; fullscreen", "loading": "lazy",
		"style": "position:fixed;right:1rem;bottom:1rem;border:0;z-index:2147483000;max-width:calc(100vw - 2rem)",
	}})
	return node.To("payload", in.Payload), nil
}

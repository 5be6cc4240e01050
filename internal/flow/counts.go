package flow

// Counts are how often the nodes of a flow were called and payloads went over its edges.
type Counts struct {
	Runs   int64                `json:"runs"`
	Failed int64                `json:"failed"` // calls of nodes
	Nodes  map[string]NodeCount `json:"nodes"`
	Edges  map[string]int64     `json:"edges"` // payloads, by id of the edge
}

// NodeCount is how often a node was called.
type NodeCount struct {
	Calls   int64   `json:"calls"`
	Failed  int64   `json:"failed,omitempty"`
	Seconds float64 `json:"seconds"` // in all
}

// Add counts what a run did from a visit of its trace on. begun says that the run itself is new.
func (c *Counts) Add(r *Run, from int, begun bool) {
	if c.Nodes == nil {
		c.Nodes, c.Edges = make(map[string]NodeCount, len(r.Flow.steps)), make(map[string]int64, len(r.Flow.edges))
	}
	if begun {
		c.Runs++
	}
	for i := from; i < len(r.Trace); i++ {
		v := &r.Trace[i]
		n := c.Nodes[v.Node]
		n.Calls++
		n.Seconds += v.Seconds
		if v.Error != "" {
			n.Failed++
			c.Failed++
		}
		c.Nodes[v.Node] = n
		for _, result := range v.Results {
			for _, edge := range r.Flow.steps[v.step].out {
				if e := &r.Flow.edges[edge]; e.Port == result.Port {
					c.Edges[e.ID]++
				}
			}
		}
	}
}

// Merge adds other counts.
func (c *Counts) Merge(other *Counts) {
	if c.Nodes == nil {
		c.Nodes, c.Edges = map[string]NodeCount{}, map[string]int64{}
	}
	c.Runs += other.Runs
	c.Failed += other.Failed
	for id, n := range other.Nodes {
		sum := c.Nodes[id]
		sum.Calls, sum.Failed, sum.Seconds = sum.Calls+n.Calls, sum.Failed+n.Failed, sum.Seconds+n.Seconds
		c.Nodes[id] = sum
	}
	for id, n := range other.Edges {
		c.Edges[id] += n
	}
}

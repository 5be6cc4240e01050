package api

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/storage"
)

// stallLimit is how long an export waits for an asker who takes nothing.
const stallLimit = time.Minute

// flushEvery is the number of documents after which the asker sees them.
const flushEvery = 500

var exportTypes = []string{"text/csv", "application/json", "application/jsonl"}

// exportColumns are the columns of CSV files when none are asked for.
var exportColumns = map[storage.Collection]string{
	storage.Events: "id,type,metadata.time.insert,source.id,session.id,profile.id,properties,traits",
	storage.Sessions: "id,metadata.time.insert,metadata.time.update,metadata.time.duration,metadata.status,profile.id," +
		"device.type,device.geo.country.name,os.name,app.name,utm.source,utm.campaign",
	storage.Profiles: "id,metadata.time.insert,metadata.time.update,data.pii.firstname,data.pii.lastname,data.contact.email.main," +
		"data.contact.phone.main,segments,traits,stats",
	storage.Entities: "id,type,metadata.time.insert,metadata.time.update,properties,traits",
}

// export sends all matches, oldest first, while it reads them. It ends when the asker goes away.
func (d documents) export(ctx context.Context, in *struct {
	Filter
	Format string `query:"format" enum:"csv,json,jsonl" default:"csv"`
	Fields string `query:"fields" maxLength:"4096" doc:"The columns of a CSV file, divided by commas. Without it those that are most used."`
	Limit  int    `query:"limit" minimum:"0" doc:"The most documents to send; 0 for all."`
},
) (*huma.StreamResponse, error) {
	q, err := in.query(ctx, d.collection, time.Now())
	if err != nil {
		return nil, err
	}
	columns, err := columnsOf(in.Fields, exportColumns[d.collection])
	if err != nil {
		return nil, err
	}
	next, stop := iter.Pull2(d.s.records.Scan(ctx, of(ctx).tenant, d.collection, q))
	first, err, found := next()
	if err != nil {
		stop()
		return nil, err
	}
	return &huma.StreamResponse{Body: func(hctx huma.Context) {
		defer stop()
		_, w := humago.Unwrap(hctx)
		out := newDownload(w, in.Format, d.many, columns)
		doc, limit := first, in.Limit
		for n := 1; found && err == nil && (limit == 0 || n <= limit); n++ {
			if err = out.write(shown(ctx, doc.Body)); err == nil && n%flushEvery == 0 {
				err = out.flush()
			}
			if err == nil {
				doc, err, found = next()
			}
		}
		if err == nil {
			err = out.end()
		}
		if err != nil {
			if ctx.Err() == nil {
				d.s.log.Warn("an export broke off", "request", of(ctx).id, "error", err)
			}
			panic(http.ErrAbortHandler) // the asker must not take a part for the whole
		}
	}}, nil
}

func columnsOf(text, standard string) ([]expr.Path, error) {
	if text == "" {
		text = standard
	}
	var columns []expr.Path
	for name := range strings.SplitSeq(text, ",") {
		path, err := expr.ParsePath(strings.TrimSpace(name))
		if err != nil {
			return nil, tracardi.InvalidField("query.fields", "%q is no field: %v", name, err)
		}
		columns = append(columns, path)
	}
	return columns, nil
}

// download writes documents in one of the formats.
type download struct {
	control *http.ResponseController
	buffer  *bufio.Writer
	write   func(doc []byte) error
	end     func() error
}

func newDownload(w http.ResponseWriter, format, name string, columns []expr.Path) *download {
	out := &download{control: http.NewResponseController(w)}
	out.buffer = bufio.NewWriterSize(patient{w, out.control}, 64<<10)
	var contentType string
	switch format {
	case "csv":
		contentType = "text/csv; charset=utf-8"
		out.table(columns)
	case "json":
		contentType = "application/json"
		out.lines("[\n", ",\n", "\n]\n")
	case "jsonl":
		contentType = "application/jsonl"
		out.lines("", "\n", "\n")
	}
	header := w.Header()
	header.Set("Content-Type", contentType)
	header.Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", name+"."+format))
	return out
}

// patient gives a slow asker time with each piece.
type patient struct {
	w       io.Writer
	control *http.ResponseController
}

func (p patient) Write(piece []byte) (int, error) {
	// A writer without deadlines has no limit to move.
	_ = p.control.SetWriteDeadline(time.Now().Add(stallLimit))
	return p.w.Write(piece)
}

func (out *download) flush() error {
	if err := out.buffer.Flush(); err != nil {
		return err
	}
	return out.control.Flush()
}

// lines writes the documents as they are, with something before, between and after them.
func (out *download) lines(before, between, after string) {
	sign, some := before, false
	out.write = func(doc []byte) error {
		_, _ = out.buffer.WriteString(sign) // a bufio.Writer keeps its error for the next call
		sign, some = between, true
		_, err := out.buffer.Write(doc)
		return err
	}
	out.end = func() error {
		if !some {
			_, _ = out.buffer.WriteString(before)
		}
		if some || before != "" {
			_, _ = out.buffer.WriteString(after)
		}
		return out.flush()
	}
}

// table writes the columns of the documents as CSV.
func (out *download) table(columns []expr.Path) {
	table := csv.NewWriter(out.buffer)
	row := make([]string, len(columns))
	for i, column := range columns {
		row[i] = cell(column.String())
	}
	_ = table.Write(row) // a csv.Writer keeps its error for the next call
	out.write = func(doc []byte) error {
		for i, column := range columns {
			row[i] = cellOf(doc, column)
		}
		return table.Write(row)
	}
	out.end = func() error {
		table.Flush()
		if err := table.Error(); err != nil {
			return err
		}
		return out.flush()
	}
}

// cellOf is the value of a field as a cell: texts and numbers as they are, the rest as JSON.
func cellOf(doc []byte, column expr.Path) string {
	raw, ok := column.FindRaw(doc)
	if !ok || string(raw) == "null" {
		return ""
	}
	if raw[0] != '"' {
		return split(string(raw))
	}
	var text string
	if json.Unmarshal(raw, &text) != nil {
		return cell(string(raw))
	}
	return cell(text)
}

// cell keeps spreadsheets from running a text that comes from a visitor as a formula.
func cell(text string) string {
	text = split(text)
	if text != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", []rune(text)[0]) {
		return "'" + text
	}
	return text
}

// behind finds what would begin a formula where a spreadsheet divides the line otherwise than we do: where numbers have decimal
// commas, it divides at semicolons, and does not know that a quote within a line keeps the text together.
var behind = regexp.MustCompile("([;\t\r\n])([=+\\-@＝＋－＠])")

// split is a text whose parts are no formulas either.
func split(text string) string {
	if !strings.ContainsAny(text, ";\t\r\n") {
		return text
	}
	return behind.ReplaceAllString(text, "$1'$2")
}

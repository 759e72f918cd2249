// Package exports answers the files of usage exports.
package exports

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/internal/httpapi"
	"github.com/opsgraph/opsgraph/internal/refusal"
	"github.com/opsgraph/opsgraph/resolvers/loaders"
	"github.com/opsgraph/opsgraph/resolvers/sources/jobs"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// Options are what files are answered with.
type Options struct {
	// Transport checks requests by the rules of /graphql.
	Transport *httpapi.Transport
	// Place takes a place of the caller's.
	Place func(ctx context.Context) (leave func(), refused *gqlerror.Error)
	// Running has a place for each file that may be read at once, whatever settings are in force.
	Running chan struct{}
	// Loaders are those of one request.
	Loaders func(ctx context.Context) *loaders.Set
	// Exports have the files.
	Exports *jobs.UsageExports
	// Present decides what a client sees of an error.
	Present func(ctx context.Context, err error) *gqlerror.Error
	// RequestTimeout is how long the state of an export may take, WriteTimeout each part of its file.
	RequestTimeout, WriteTimeout time.Duration
	Logger                       *slog.Logger
}

// Files answers the files of usage exports, by the rules of /graphql for origins, callers, rates and places. Nothing of
// a file is kept: it is handed on as it arrives.
type Files struct{ Options }

// New makes the handler.
func New(o Options) *Files { return &Files{o} }

// ServeHTTP answers GET /exports/{id}/file, whose id is that of a UsageExportJob.
func (f *Files) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ctx, refused := f.admit(w, r)
	if refused == nil {
		var leave func()
		if leave, refused = f.enter(ctx); refused == nil {
			defer leave()
			refused = f.answer(w, r.WithContext(ctx))
		}
	}
	if refused != nil {
		f.Transport.Refuse(w, r, httpapi.MediaGraphQL, refused)
	}
}

func (f *Files) admit(w http.ResponseWriter, r *http.Request) (context.Context, *gqlerror.Error) {
	if r.Method != http.MethodGet {
		w.Header().Set("Allow", http.MethodGet)
		return nil, refusal.New(refusal.CodeMethodNotAllowed, "A file is answered to GET only.")
	}
	if refused := f.Transport.CheckHead(w, r, true); refused != nil {
		return nil, refused
	}
	return f.Transport.Admit(r)
}

// enter takes a place of the caller's and one of the downloads, which hold an upstream connection for as long as they
// run.
func (f *Files) enter(ctx context.Context) (leave func(), refused *gqlerror.Error) {
	place, refused := f.Place(ctx)
	if refused != nil {
		return nil, refused
	}
	select {
	case f.Running <- struct{}{}:
		return func() { <-f.Running; place() }, nil
	default:
		place()
		return nil, refusal.Later(refusal.CodeOverloaded, "Too many files are being read; try again later.", time.Second)
	}
}

// answer looks the export up and hands its file on. After the head is written it can only cut the connection.
func (f *Files) answer(w http.ResponseWriter, r *http.Request) *gqlerror.Error {
	ctx := r.Context()
	id, err := model.ParseID(r.PathValue("id"))
	if err != nil || id.Kind != model.KindUsageExportJob {
		return noFile("There is no export with this id.")
	}
	key, possible := loaders.UsageExportOf(id.Parts)
	if !possible {
		return noFile("There is no export with this id.")
	}
	task, refused := f.look(ctx, key)
	if refused != nil {
		return refused
	}
	started := false
	err = f.Exports.File(ctx, key, func(file rest.File) error {
		started = true
		describeFile(w.Header(), task, file)
		w.WriteHeader(http.StatusOK)
		return f.copy(w, file.Body)
	})
	switch {
	case err == nil:
		return nil
	case started:
		f.Logger.WarnContext(ctx, "file of an export cut", slog.Any("error", err))
		panic(http.ErrAbortHandler) // so that a part does not pass for the file
	}
	return f.Present(ctx, err)
}

// look reads the state of the export, within the time of a request.
func (f *Files) look(ctx context.Context, key jobs.UsageExportKey) (*model.UsageExportTask, *gqlerror.Error) {
	ctx, cancel := context.WithTimeout(ctx, f.RequestTimeout)
	defer cancel()
	job := model.NewUsageExportJob(key.Kind, key.ProjectID, key.TaskID)
	tasks, errs := f.Loaders(ctx).UsageExportTasks(ctx, []*model.UsageExportJob{job})
	switch task := tasks[0]; {
	case errs[0] != nil:
		return nil, f.Present(ctx, errs[0])
	case task == nil:
		return nil, noFile("There is no export with this id.")
	case task.Status == model.JobStatusRunning:
		return nil, refusal.Later(refusal.CodeNotFound, "The export is still running.", 2*time.Second)
	case task.Status != model.JobStatusSucceeded:
		return nil, noFile(fmt.Sprintf("The export has no file: its status is %s.", task.Status))
	default:
		return task, nil
	}
}

func noFile(message string) *gqlerror.Error { return refusal.New(refusal.CodeNotFound, "%s", message) }

// copy hands the body on. The time limit of writing holds for each part, as a file may take longer than an answer.
func (f *Files) copy(w http.ResponseWriter, body io.Reader) error {
	control := http.NewResponseController(w)
	part := make([]byte, 64<<10)
	for {
		n, err := body.Read(part)
		if n > 0 {
			limit := time.Now().Add(f.WriteTimeout)
			if err := control.SetWriteDeadline(limit); err != nil && !errors.Is(err, http.ErrNotSupported) {
				return fmt.Errorf("limit of writing: %w", err)
			}
			if _, err := w.Write(part[:n]); err != nil {
				return fmt.Errorf("write file: %w", err)
			}
			if err := control.Flush(); err != nil && !errors.Is(err, http.ErrNotSupported) {
				return fmt.Errorf("write file: %w", err)
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("read file: %w", err)
		}
	}
}

// describeFile sets the head of a file: to be saved, under the name that the upstream gives it.
func describeFile(header http.Header, task *model.UsageExportTask, file rest.File) {
	mediaType := file.MediaType
	switch mediaType {
	case "text/csv", "application/zip", "application/vnd.ms-excel",
		"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":
	default: // it could be a page, which would run as one of the gateway's
		mediaType = "application/octet-stream"
	}
	name := file.Name
	if task.FileName != nil {
		name = *task.FileName
	}
	disposition := mime.FormatMediaType("attachment", map[string]string{"filename": plainName(name)})
	if disposition == "" {
		disposition = "attachment"
	}
	header.Set("Content-Type", mediaType)
	header.Set("Content-Disposition", disposition)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cache-Control", "no-store")
	if file.Length >= 0 {
		header.Set("Content-Length", strconv.FormatInt(file.Length, 10))
	}
}

// plainName is the last part of a name without control characters; "export" for an empty one.
func plainName(name string) string {
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == '\\' {
			return '/'
		}
		return r
	}, name)
	if name = path.Base(name); name == "." || name == "/" || name == ".." {
		return "export"
	}
	return refusal.Clip(name, 200)
}

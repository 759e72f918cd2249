package httpapi

import "net/http"

// StatusRecorder remembers the status of an answer for those who count or trace it. Make it by [RecordStatus].
type StatusRecorder struct {
	http.ResponseWriter
	status int
}

// RecordStatus puts a recorder before a writer.
func RecordStatus(w http.ResponseWriter) *StatusRecorder {
	return &StatusRecorder{ResponseWriter: w, status: http.StatusOK}
}

// Status is the status as it was written last; 200 where none was, as net/http has it.
func (r *StatusRecorder) Status() int { return r.status }

// WriteHeader implements http.ResponseWriter.
func (r *StatusRecorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach the writer below.
func (r *StatusRecorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

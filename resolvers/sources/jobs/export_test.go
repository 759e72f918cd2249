package jobs

// Once lets tests run commands that have no upstream.
var Once = once

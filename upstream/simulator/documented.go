package simulator

import "embed"

// examples are the bodies of the reference. The plain name of an operation holds the document's own sample.
//
//go:embed reference/examples/*.json
var examples embed.FS

// example answers with the reference's bytes: the example of the operation and variant, else of the operation, else
// the illustrative one where the documents show none, else the body given.
func (c *call) example(variant, otherwise string) (answer, error) {
	names := []string{c.op.id, c.op.id + ".illustrative"}
	if variant != "" {
		names = append([]string{c.op.id + "." + variant}, names...)
	}
	for _, name := range names {
		body, err := examples.ReadFile("reference/examples/" + name + ".json")
		if err == nil {
			return answer{body: body}, nil
		}
	}
	return answer{body: []byte(otherwise)}, nil
}

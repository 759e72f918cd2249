package esm

import (
	"context"
	"encoding/json"

	"github.com/opsgraph/opsgraph/upstream/rest"
)

// ScreenData reads the data of a shared dashboard, the document's way to the health of services. No document has its
// fields (QUIRKS 101), so it is any JSON as sent. No credentials are sent: the sample has none. A share that wants a
// login is answered with a redirect, which is not followed (QUIRKS 81). Nil is an answer without content.
func (c *Client) ScreenData(ctx context.Context, shareID string) (json.RawMessage, error) {
	if err := checkPattern("shareId", shareID, sharePattern, "1 to 255 letters, digits or _ . : = + -"); err != nil {
		return nil, err
	}
	answer, err := rest.Call(ctx, c.rest, getScreenData, rest.Request{Path: map[string]string{"share_id": shareID}})
	return answer.Body, err
}

// Package literal reads values that clients write, in documents and as variables: an Int, an ID, the items of a list.
package literal

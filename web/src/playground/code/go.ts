import type { Sent } from '../../wire/curl'
import { go, quoted } from '../../wire/quoting'

/** goProgram writes a program for Go's standard library. */
export function goProgram(sent: Sent): string {
  const members = ['"query": query', ...(sent.variables === '' ? [] : ['"variables": json.RawMessage(variables)'])]
  if (sent.operationName !== undefined) {
    members.push(`"operationName": ${quoted(sent.operationName)}`)
  }
  return `package main

import (
	"bytes"
	"encoding/json"
${sent.streams ? '' : '\t"fmt"\n'}	"io"
	"log"
	"net/http"
	"os"
)

const query = ${go(sent.document)}
${sent.variables === '' ? '' : `\nconst variables = ${go(sent.variables)}\n`}
func main() {
	body, err := json.Marshal(map[string]any{${members.join(', ')}})
	if err != nil {
		log.Fatal(err)
	}
	request, err := http.NewRequest(http.MethodPost, ${quoted(sent.endpoint)}, bytes.NewReader(body))
	if err != nil {
		log.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "${sent.streams ? 'text/event-stream' : 'application/graphql-response+json, application/json'}")
	// Values come from the environment: no token belongs into a program.
	for name, variable := range map[string]string{${sent.headers.map(({ name, variable }) => `"${name}": "${variable}"`).join(', ')}} {
		if value := os.Getenv(variable); value != "" {
			request.Header.Set(name, value)
		}
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		log.Fatal(err)
	}
	defer response.Body.Close()
${sent.streams ? streamed : answered}}
`
}

const answered = `	raw, err := io.ReadAll(response.Body)
	if err != nil {
		log.Fatal(err)
	}
	var answer struct {
		Data   json.RawMessage
		Errors []struct{ Message string }
	}
	if err := json.Unmarshal(raw, &answer); err != nil {
		log.Fatalf("HTTP %s: %s", response.Status, raw)
	}
	fmt.Printf("%s\\n", answer.Data)
	for _, fault := range answer.Errors {
		log.Print(fault.Message)
	}
	if len(answer.Errors) > 0 {
		os.Exit(1)
	}
`

const streamed = `	if response.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(response.Body)
		log.Fatalf("HTTP %s: %s", response.Status, text)
	}
	if _, err := io.Copy(os.Stdout, response.Body); err != nil {
		log.Fatal(err)
	}
`

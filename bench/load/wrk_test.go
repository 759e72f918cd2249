package load

import "testing"

func TestParseWrk(t *testing.T) {
	got, err := parseWrk("Running 2s test\n 1 threads\nRESULT " +
		`{"requests":500,"micros":2000000,"bytes":10,"status":0,"failed":0,"p50":1,"p99":2}` + "\n")
	if err != nil || got.Rate() != 250 || got.P99 != 2 {
		t.Errorf("%+v, %v", got, err)
	}
	for _, output := range []string{
		"unable to connect",
		"RESULT {\n",
		`RESULT {"requests":0,"micros":2000000,"status":0,"failed":0}`,
		`RESULT {"requests":5,"micros":2000000,"status":1,"failed":0}`,
		`RESULT {"requests":5,"micros":2000000,"status":0,"failed":3}`,
	} {
		if got, err := parseWrk(output); err == nil {
			t.Errorf("%q is read as %+v", output, got)
		}
	}
}

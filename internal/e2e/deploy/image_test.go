package deploy

import (
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/e2e/kit/checkout"
	"github.com/opsgraph/opsgraph/upstream/simulator"
)

// contained has the system run a command as a container of the image would: in a mount namespace of its own, its root
// the folder, which is read-only, and the image's user. Engines add /proc, /dev and /etc/resolv.conf; here they are
// missing. Who is not root becomes it in a user namespace, which knows no other users.
func contained(t *testing.T, folder, user string, argv []string, environ ...string) *exec.Cmd {
	t.Helper()
	const script = `set -e
root=$1 user=$2; shift 2
mount --bind "$root" "$root"
mount -o remount,bind,ro "$root"
exec chroot ${user:+--userspec="$user"} "$root" "$@"`
	words := []string{"--mount"}
	if os.Getuid() != 0 {
		words, user = append(words, "--user", "--map-root-user"), ""
	}
	words = append(words, "sh", "-c", script, "sh", folder, user)
	cmd := exec.CommandContext(t.Context(), "unshare", append(words, argv...)...)
	cmd.Env = append([]string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}, environ...)
	return cmd
}

// ask sends a GET and returns status and body, with a header that a page of another site could not send.
func ask(t *testing.T, client *http.Client, address string, header http.Header) (status int, body string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	maps.Copy(request.Header, header)
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

// oneShot is a client whose connections end with each answer.
func oneShot() *http.Client {
	return &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
}

// TestImageRuns runs the image's entry point as its container would: the README's first query is answered as the README
// says, the health check tells how it is, and SIGTERM ends it with 0.
func TestImageRuns(t *testing.T) {
	t.Parallel()
	i := built.made(t)
	files := filepath.Join(i.folder, "files")
	admin := kit.FreeAddress(t)
	environ := []string{
		"OPSGRAPH_LISTEN=127.0.0.1:0", "OPSGRAPH_ADMIN_LISTEN=" + admin, "OPSGRAPH_SIMULATOR_LISTEN=127.0.0.1:0",
		"OPSGRAPH_SIMULATOR_LATENCY=none", "OPSGRAPH_CONSOLE_TIME_ZONE=Asia/Urumqi", // a name that no file of the image knows
	}
	argv := slices.Concat(i.config.Entrypoint, i.config.Cmd)
	p := launch(t, contained(t, files, i.config.User, argv, environ...))
	held(t, p.cmd.Process.Pid, i.config.User)
	query, want := checkout.FirstQuery(t)
	status, body := ask(t, oneShot(), p.url+"/graphql?query="+url.QueryEscape(query), nil)
	var got struct{ Data any }
	if err := json.Unmarshal([]byte(body), &got); err != nil || status != http.StatusOK {
		t.Fatalf("%d %.300s: %v", status, body, err)
	}
	if diff := cmp.Diff(want, got.Data); diff != "" {
		t.Errorf("the README's answer is not the image's (-readme +image):\n%s", diff)
	}
	for _, path := range []string{"/healthz", "/readyz"} {
		if status, body := ask(t, oneShot(), "http://"+admin+path, nil); status != http.StatusOK {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
	if len(i.config.Healthcheck.Test) < 2 || i.config.Healthcheck.Test[0] != "CMD" {
		t.Fatalf("health check %q needs a shell, or is none", i.config.Healthcheck.Test)
	}
	healthy := func() (int, string) {
		return output(t, contained(t, files, i.config.User, i.config.Healthcheck.Test[1:], environ...))
	}
	if code, text := healthy(); code != 0 || !strings.Contains(text, `"status":"ready"`) {
		t.Errorf("health check: %d %s", code, text)
	}
	if code := p.stop(t); code != 0 {
		t.Errorf("SIGTERM ends it with %d: %s", code, p.log)
	}
	if code, text := healthy(); code != 1 {
		t.Errorf("health check of an ended container: %d %s", code, text)
	}
}

// held fails unless the process runs as the user, and in a root that nobody can write to.
func held(t *testing.T, id int, user string) {
	t.Helper()
	mounts := kit.ReadText(t, fmt.Sprintf("/proc/%d/mountinfo", id))
	if fields := strings.Fields(mounts); len(fields) < 6 || fields[4] != "/" || !strings.HasPrefix(fields[5]+",", "ro,") {
		t.Errorf("its root can be written to: %s", mounts)
	}
	if os.Getuid() != 0 {
		return // as whoever runs the tests
	}
	number, _, _ := strings.Cut(user, ":")
	status := kit.ReadText(t, fmt.Sprintf("/proc/%d/status", id))
	want := "\nUid:\t" + strings.Repeat(number+"\t", 3) + number + "\n"
	if number == "0" || !strings.Contains(status, want) {
		t.Errorf("it does not run as %s: %s", user, status)
	}
}

// TestImageHolds lists the image's files, so that nothing gets in unseen; an image without a shell has none to be used.
func TestImageHolds(t *testing.T) {
	t.Parallel()
	i := built.made(t)
	files := filepath.Join(i.folder, "files")
	var got []string
	size := int64(0)
	err := filepath.WalkDir(files, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		information, err := entry.Info()
		if err != nil {
			return err
		}
		size += information.Size()
		name, err := filepath.Rel(files, path)
		got = append(got, fmt.Sprintf("%v %s", information.Mode(), name))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{
		"-rw-r--r-- etc/group", "-rw-r--r-- etc/passwd", "-rw-r--r-- etc/ssl/certs/ca-certificates.crt",
		"-rwxr-xr-x opsgraph",
	}, got); diff != "" {
		t.Errorf("(-want +image):\n%s", diff)
	}
	if want := "opsgraph:x:" + i.config.User + ":"; !strings.HasPrefix(kit.ReadText(t, files+"/etc/passwd"), want) {
		t.Errorf("its user %s has no name", i.config.User)
	}
	if want := map[string]struct{}{"8080/tcp": {}, "8081/tcp": {}}; !cmp.Equal(want, i.config.ExposedPorts) {
		t.Errorf("ports %v", i.config.ExposedPorts)
	}
	kit.Report(t, "container image", "%d files, %d MB", len(got), size>>20)
}

// TestImageTrusts has the image call an upstream by https: only what its certificates vouch for is called.
func TestImageTrusts(t *testing.T) {
	t.Parallel()
	i := built.made(t)
	sim, err := simulator.New(simulator.Config{Hosts: 3, Regions: 2, Latency: simulator.LatencyNone})
	if err != nil {
		t.Fatal(err)
	}
	upstream := httptest.NewUnstartedServer(sim)
	upstream.StartTLS()
	t.Cleanup(upstream.Close)
	folder := filepath.Join(i.folder, "trusting")
	if _, err := i.unpack(folder); err != nil {
		t.Fatal(err)
	}
	check := func() (int, string) {
		return output(t, contained(t, folder, i.config.User, append(i.config.Entrypoint, "check"),
			"OPSGRAPH_ESM_URL="+upstream.URL, "OPSGRAPH_ESM_APPCODE="+simulator.DemoAppCode,
			"OPSGRAPH_ESM_DOMAIN_ID="+simulator.DemoHCSODomain, "OPSGRAPH_IAM_URL="+upstream.URL,
			"OPSGRAPH_IAM_USERNAME="+simulator.DemoUser, "OPSGRAPH_IAM_PASSWORD="+simulator.DemoPassword,
			"OPSGRAPH_IAM_DOMAIN_NAME="+simulator.DemoDomain, "OPSGRAPH_IAM_PROJECT_ID="+simulator.DemoProject,
		))
	}
	if code, text := check(); code != 1 || !strings.Contains(text, "fail  iam: ") {
		t.Errorf("an upstream that nobody vouches for: %d %s", code, text)
	}
	bundle := filepath.Join(folder, "etc/ssl/certs/ca-certificates.crt")
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: upstream.Certificate().Raw})
	kit.WriteText(t, bundle, kit.ReadText(t, bundle)+"\n"+string(certificate))
	if code, text := check(); code != 0 || !strings.Contains(text, "ok    iam: ") {
		t.Errorf("an upstream that its certificates vouch for: %d %s", code, text)
	}
}

package burden

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// TestPass_pause: while an operation waits for an upstream another runs in its place, and it goes on before those that
// have not begun.
func TestPass_pause(t *testing.T) {
	t.Parallel()
	inBubble(t, Options{CPU: 10 * ms, Wait: time.Minute}, func(g *gated) {
		first := g.enter("1", cpu(10*ms))
		second, third := g.enter("2", cpu(10*ms)), g.enter("3", cpu(10*ms))
		g.want("1")
		resume := first.pass.Pause()
		inner := first.pass.Pause()
		synctest.Wait()
		g.want("1", "2")
		inner(g.t.Context()) // the other wait lasts
		g.tasks.Go(func() {
			resume(g.t.Context())
			g.note("1 again")
		})
		synctest.Wait()
		g.want("1", "2")
		second.end()
		g.want("1", "2", "1 again")
		first.end()
		g.want("1", "2", "1 again", "3")
		third.end()
	})
}

// TestPass_resumeEnds: an operation whose time is up goes on at once, to answer what it has; and so does one part of it
// when another part waits again.
func TestPass_resumeEnds(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(g *gated, p *passage){
		"its time is up": func(_ *gated, p *passage) { p.cancel() },
		"it waits again": func(g *gated, p *passage) {
			again := p.pass.Pause()
			g.tasks.Go(func() { again(g.t.Context()) })
		},
		"it is finished": func(_ *gated, p *passage) { p.pass.Finish(0) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, Options{CPU: 10 * ms, Wait: time.Minute}, func(g *gated) {
				first := g.enter("1", cpu(10*ms))
				resume := first.pass.Pause()
				second := g.enter("2", cpu(10*ms))
				ctx, cancel := context.WithCancel(g.t.Context())
				ending := &passage{cancel: cancel, pass: first.pass}
				g.tasks.Go(func() {
					resume(ctx)
					g.note("1 again")
				})
				synctest.Wait()
				g.want("1", "2")
				end(g, ending)
				synctest.Wait()
				g.want("1", "2", "1 again")
				second.end()
				first.end()
				cancel()
			})
		})
	}
}

// TestPass_memory: memory is held while an operation waits for an upstream, and that of its answer until it is written.
func TestPass_memory(t *testing.T) {
	t.Parallel()
	spare := int64(100)
	inBubble(t, Options{Wait: time.Minute, Spare: func(int64) int64 { return spare }}, func(g *gated) {
		ask := Ask{Need: Need{CPU: ms, Bytes: 60}, Tenant: "a"}
		first, second := g.enter("1", ask), g.enter("2", ask)
		resume := first.pass.Pause()
		g.want("1")
		resume(g.t.Context())
		first.pass.Finish(45) // more than 40, so that there is no room beside it
		third := g.enter("3", ask)
		g.want("1", "2")
		second.pass.Finish(0)
		g.want("1", "2")
		synctest.Wait()
		g.want("1", "2", "3") // nothing else is under way
		fourth := g.enter("4", Ask{Need: Need{CPU: ms, Bytes: 40}, Tenant: "a"})
		g.want("1", "2", "3")
		first.pass.Release()
		synctest.Wait()
		g.want("1", "2", "3", "4")
		first.pass.Release()
		if got := g.State().Bytes; got != 100 {
			t.Errorf("%d bytes are held", got)
		}
		for _, p := range []*passage{first, second, third, fourth} {
			p.end()
		}
	})
}

// TestPass_took: operations that run together share the cores; what waited for an upstream is not measured.
func TestPass_took(t *testing.T) {
	t.Parallel()
	inBubble(t, Options{Cores: 2}, func(g *gated) {
		var passes []*Pass
		enter := func() {
			pass, err := g.Enter(g.t.Context(), cpu(ms))
			if err != nil {
				t.Fatal(err)
			}
			passes = append(passes, pass)
		}
		enter()
		wait(10 * ms) // alone
		enter()
		wait(10 * ms) // a core for each
		enter()
		enter()
		wait(10 * ms) // half a core for each
		passes[3].Pause()(g.t.Context())
		for i, want := range []time.Duration{25 * ms, 15 * ms, 5 * ms, 5 * ms} {
			if took, known := passes[i].Finish(0); took != want || known != (i < 3) {
				t.Errorf("operation %d took %s (known: %v), want %s", i+1, took, known, want)
			}
		}
		if _, known := passes[0].Finish(0); known {
			t.Error("finished twice")
		}
	})
}

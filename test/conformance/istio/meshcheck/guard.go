package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"

	"istio.io/istio/pkg/test"
)

// lifetime stands in for a Go test, which Istio's test control plane wants to belong to: it keeps what must be cleaned
// up, and ends the calling goroutine when a wait fails.
type lifetime struct {
	mu       sync.Mutex
	cleanups []func()
	fatal    error
}

var _ test.Failer = &lifetime{}

// istioPanic is a panic in Istio's code.
type istioPanic struct{ value, frame string }

func (p *istioPanic) Error() string {
	return fmt.Sprintf("Istio's code panics: %s, in %s", p.value, p.frame)
}

// run calls into Istio's code; a panic there, or the end of a wait, becomes an error.
func (l *lifetime) run(f func()) error {
	ended := make(chan error, 1)
	go func() {
		finished := false
		defer func() {
			if r := recover(); r != nil {
				ended <- &istioPanic{value: fmt.Sprint(r), frame: panicFrame()}
			} else if !finished {
				ended <- l.failure()
			} else {
				ended <- nil
			}
		}()
		f()
		finished = true
	}()
	return <-ended
}

// panicFrame names the innermost function of Istio that is on the stack of a panic.
func panicFrame() string {
	pcs := make([]uintptr, 64)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs)])
	for {
		frame, more := frames.Next()
		if strings.HasPrefix(frame.Function, "istio.io/") {
			return fmt.Sprintf("%s (line %d)", frame.Function, frame.Line)
		}
		if !more {
			return "no function of Istio"
		}
	}
}

// end cleans up, last things first.
func (l *lifetime) end() {
	l.mu.Lock()
	cleanups := l.cleanups
	l.cleanups = nil
	l.mu.Unlock()
	for i := len(cleanups) - 1; i >= 0; i-- {
		_ = l.run(cleanups[i])
	}
}

func (l *lifetime) failure() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fatal == nil {
		return errors.New("ended without a reason")
	}
	return l.fatal
}

func (l *lifetime) Fatal(args ...any) {
	l.mu.Lock()
	if l.fatal == nil {
		l.fatal = errors.New(fmt.Sprint(args...))
	}
	l.mu.Unlock()
	runtime.Goexit()
}

func (l *lifetime) Cleanup(f func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cleanups = append(l.cleanups, f)
}

func (l *lifetime) TempDir() string {
	folder, err := os.MkdirTemp("", "meshcheck")
	if err != nil {
		l.Fatal(err)
	}
	l.Cleanup(func() { _ = os.RemoveAll(folder) })
	return folder
}

func (l *lifetime) Fail()                             { l.Fatal("failed") }
func (l *lifetime) FailNow()                          { l.Fatal("failed") }
func (l *lifetime) Fatalf(format string, args ...any) { l.Fatal(fmt.Sprintf(format, args...)) }
func (l *lifetime) Skip(args ...any)                  { l.Fatal(args...) }
func (l *lifetime) Log(...any)                        {}
func (l *lifetime) Logf(string, ...any)               {}
func (l *lifetime) Helper()                           {}

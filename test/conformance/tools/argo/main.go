// Command argo is the three programs of Argo CD that read a repository and apply it, without its API server, user
// interface and command line, which are much more to compile.
//
//	argo controller|repo-server|appset|git-ask-pass [OPTION...]
//	argo isolated FOLDER PORT,... PROGRAM [OPTION...]
//
// isolated is for a network namespace with nothing in it. The application controller listens on all interfaces and has
// no option for it; in there, nobody can reach that. What connects to one of the ports of 127.0.0.1 in there is
// connected to the Unix socket FOLDER/PORT, at which somebody outside listens.
package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"

	controller "github.com/argoproj/argo-cd/v3/cmd/argocd-application-controller/commands"
	appset "github.com/argoproj/argo-cd/v3/cmd/argocd-applicationset-controller/commands"
	askpass "github.com/argoproj/argo-cd/v3/cmd/argocd-git-ask-pass/commands"
	reposerver "github.com/argoproj/argo-cd/v3/cmd/argocd-repo-server/commands"
	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"
)

var programs = map[string]func() *cobra.Command{
	"controller":   controller.NewCommand,
	"repo-server":  reposerver.NewCommand,
	"appset":       appset.NewCommand,
	"git-ask-pass": askpass.NewCommand,
}

func main() {
	args := os.Args[1:]
	if len(args) > 3 && args[0] == "isolated" {
		if err := isolate(args[1], strings.Split(args[2], ",")); err != nil {
			fmt.Fprintln(os.Stderr, "argo isolated:", err)
			os.Exit(1)
		}
		args = args[3:]
	}
	if len(args) == 0 || programs[args[0]] == nil {
		fmt.Fprintln(os.Stderr, "usage: argo [isolated FOLDER PORT,...] controller|repo-server|appset|git-ask-pass [OPTION...]")
		os.Exit(2)
	}
	command := programs[args[0]]()
	command.SetArgs(args[1:])
	if err := command.Execute(); err != nil {
		os.Exit(1)
	}
}

func isolate(folder string, ports []string) error {
	interfaces, err := net.Interfaces()
	if err != nil {
		return err
	}
	for _, each := range interfaces {
		if each.Flags&net.FlagLoopback == 0 && each.Flags&net.FlagUp != 0 {
			return fmt.Errorf("%s is up: this is no namespace of its own", each.Name)
		}
	}
	if err := loopbackUp(); err != nil {
		return fmt.Errorf("lo: %w", err)
	}
	for _, port := range ports {
		listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", port))
		if err != nil {
			return err
		}
		go relay(listener, filepath.Join(folder, port))
	}
	return nil
}

func loopbackUp() error {
	socket, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM, 0)
	if err != nil {
		return err
	}
	defer unix.Close(socket)
	request, err := unix.NewIfreq("lo")
	if err != nil {
		return err
	}
	request.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
	return unix.IoctlIfreq(socket, unix.SIOCSIFFLAGS, request)
}

func relay(listener net.Listener, socket string) {
	for {
		inside, err := listener.Accept()
		if err != nil {
			return
		}
		go func() {
			defer inside.Close()
			outside, err := net.Dial("unix", socket)
			if err != nil {
				return
			}
			defer outside.Close()
			done := make(chan struct{}, 2)
			forward := func(to, from net.Conn) { io.Copy(to, from); done <- struct{}{} }
			go forward(outside, inside)
			go forward(inside, outside)
			<-done
		}()
	}
}

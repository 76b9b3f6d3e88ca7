// Clients of the Kubernetes project, driven line by line: the test writes commands to standard input, and reads answers, one
// JSON object a line, from standard output.
//
//	clients informers KUBECONFIG [-json]                      what the stores of informers hold
//	clients elect KUBECONFIG NAMESPACE NAME IDENTITY          when this process leads
//	clients objects SEED COUNT                                objects of every kind, in protobuf and in JSON
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"sync"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

var programs = map[string]func(args []string) error{
	"informers": runInformers,
	"elect":     runElection,
	"objects":   printObjects,
}

func main() {
	if len(os.Args) < 2 || programs[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "what to do: informers, elect or objects")
		os.Exit(64)
	}
	if err := programs[os.Args[1]](os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

var output sync.Mutex

// say writes one line of output.
func say(line any) {
	text, err := json.Marshal(line)
	if err != nil {
		panic(err)
	}
	output.Lock()
	defer output.Unlock()
	fmt.Println(string(text))
}

// obey calls back for every line of input, and ends the context with it.
func obey(command func(line string)) context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		defer cancel()
		for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
			command(lines.Text())
		}
	}()
	return ctx
}

// configOf reads a kubeconfig, and leaves out the limit on the rate of requests.
func configOf(path string) (*rest.Config, error) {
	config, err := clientcmd.BuildConfigFromFlags("", path)
	if err != nil {
		return nil, err
	}
	config.QPS = -1
	return config, nil
}

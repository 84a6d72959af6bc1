// A stand-in for images that no binary is had of, and for what goes wrong in a container.
package main

import (
	"fmt"
	"net/http"
	"os"
	"strconv"
	"time"
)

func main() {
	what := "serve"
	if len(os.Args) > 1 {
		what = os.Args[1]
	}
	switch what {
	case "serve": // answers 200 on the port, Grafana's by default
		port := "3000"
		if len(os.Args) > 2 {
			port = os.Args[2]
		}
		fmt.Println("serving on", port)
		http.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
		fmt.Println(http.ListenAndServe(":"+port, nil))
		os.Exit(1)
	case "end": // with a status, after some words
		code, _ := strconv.Atoi(os.Args[2])
		fmt.Println("first word")
		fmt.Println("\x1b[31mno such setting\x1b[0m: retention")
		os.Exit(code)
	case "eat": // memory, until it is killed
		fmt.Println("eating")
		var eaten [][]byte
		for {
			bite := make([]byte, 1<<20)
			for i := range bite {
				bite[i] = 1
			}
			eaten = append(eaten, bite)
		}
	case "mute": // runs and never answers
		time.Sleep(time.Hour)
	case "talk": // a line each 50 ms, with its number
		for i := 0; ; i++ {
			fmt.Println("line", i)
			time.Sleep(50 * time.Millisecond)
		}
	}
}

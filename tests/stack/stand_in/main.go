// A stand-in for images that no binary is had of, and for what goes wrong in a container.
package main

import (
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
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
	case "grafana": // its health, and its one user, whose password stays on the volume
		fmt.Println("serving on 3000")
		http.HandleFunc("/api/health", func(w http.ResponseWriter, _ *http.Request) {})
		http.HandleFunc("/api/user", user)
		http.HandleFunc("/api/user/password", user)
		fmt.Println(http.ListenAndServe(":3000", nil))
		os.Exit(1)
	case "keep": // what is posted to the port, in a file, a line of base64 each; GET /kept is the file
		http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost {
				keep(w, r, os.Args[3])
			}
		})
		http.HandleFunc("/kept", func(w http.ResponseWriter, r *http.Request) {
			http.ServeFile(w, r, os.Args[3])
		})
		fmt.Println(http.ListenAndServe(":"+os.Args[2], nil))
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

const passwordFile = "/var/lib/grafana/password"

func user(w http.ResponseWriter, r *http.Request) {
	password := os.Getenv("GF_SECURITY_ADMIN_PASSWORD")
	if kept, err := os.ReadFile(passwordFile); err == nil {
		password = string(kept)
	}
	if _, given, _ := r.BasicAuth(); given != password {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	if r.Method == http.MethodPut {
		var wish struct{ NewPassword string }
		err := json.NewDecoder(r.Body).Decode(&wish)
		if err == nil {
			err = os.WriteFile(passwordFile, []byte(wish.NewPassword), 0o600)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	}
}

// The collector sends one request at a time.
func keep(w http.ResponseWriter, r *http.Request, path string) {
	var from io.Reader = r.Body
	if r.Header.Get("Content-Encoding") == "gzip" {
		unpacked, err := gzip.NewReader(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		from = unpacked
	}
	body, err := io.ReadAll(from)
	if err == nil {
		var file *os.File
		if file, err = os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600); err == nil {
			defer file.Close()
			_, err = fmt.Fprintln(file, base64.StdEncoding.EncodeToString(body))
		}
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

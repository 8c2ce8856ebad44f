// A relay as a Go programmer writes it: gorilla/websocket, net/http, one goroutine per connection and per turn, blocking writes as
// back-pressure. PORT, TOKEN and UPSTREAM (http://127.0.0.1:PORT) come from the environment.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"
	"sync"

	"github.com/gorilla/websocket"
)

type turnMessage struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

type request struct {
	Type      string `json:"type"`
	Token     string `json:"token"`
	SessionID string `json:"session_id"`
	Prompt    string `json:"prompt"`
}

type event struct {
	Type  string `json:"type"`
	Delta struct {
		Type     string `json:"type"`
		Text     string `json:"text"`
		Thinking string `json:"thinking"`
	} `json:"delta"`
}

type frame struct {
	Type      string `json:"type"`
	SessionID string `json:"session_id,omitempty"`
	Content   string `json:"content"`
	Thinking  bool   `json:"thinking,omitempty"`
	Complete  bool   `json:"complete"`
	Message   string `json:"message,omitempty"`
}

var (
	upstream = os.Getenv("UPSTREAM")
	token    = os.Getenv("TOKEN")
	client   = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 10000, DisableCompression: true}}
	upgrader = websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
)

type peer struct {
	socket  *websocket.Conn
	writing sync.Mutex
}

func (p *peer) send(f frame) error {
	text, err := json.Marshal(f)
	if err != nil {
		return err
	}
	p.writing.Lock()
	defer p.writing.Unlock()
	return p.socket.WriteMessage(websocket.TextMessage, text)
}

func (p *peer) turn(ctx context.Context, id string, history *[]turnMessage, prompt string) error {
	*history = append(*history, turnMessage{"user", prompt})
	body, err := json.Marshal(map[string]any{
		"model": "claude-sonnet-4-6", "max_tokens": 4096, "stream": true, "messages": *history,
	})
	if err != nil {
		return err
	}
	call, err := http.NewRequestWithContext(ctx, "POST", upstream+"/v1/messages", bytes.NewReader(body))
	if err != nil {
		return err
	}
	call.Header.Set("content-type", "application/json")
	call.Header.Set("x-api-key", "k")
	call.Header.Set("anthropic-version", "2023-06-01")
	response, err := client.Do(call)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != 200 {
		return fmt.Errorf("upstream status %d", response.StatusCode)
	}
	var answer bytes.Buffer
	lines := bufio.NewScanner(response.Body)
	lines.Buffer(make([]byte, 4096), 16<<20)
	for lines.Scan() {
		if !bytes.HasPrefix(lines.Bytes(), []byte("data:")) {
			continue
		}
		var e event
		if err := json.Unmarshal(lines.Bytes()[5:], &e); err != nil {
			return err
		}
		switch e.Delta.Type {
		case "text_delta":
			answer.WriteString(e.Delta.Text)
			err = p.send(frame{Type: "agent_message", SessionID: id, Content: e.Delta.Text})
		case "thinking_delta":
			err = p.send(frame{Type: "agent_thinking", SessionID: id, Content: e.Delta.Thinking, Thinking: true})
		}
		if err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		return err
	}
	*history = append(*history, turnMessage{"assistant", answer.String()})
	return p.send(frame{Type: "agent_message", SessionID: id, Content: answer.String(), Complete: true})
}

func serve(writer http.ResponseWriter, upgrade *http.Request) {
	socket, err := upgrader.Upgrade(writer, upgrade, nil)
	if err != nil {
		return
	}
	defer socket.Close()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	p := &peer{socket: socket}
	sessions := map[string]*[]turnMessage{}
	authorised := false
	for {
		_, text, err := socket.ReadMessage()
		if err != nil {
			return
		}
		var r request
		if json.Unmarshal(text, &r) != nil {
			return
		}
		switch {
		case !authorised:
			if r.Type != "auth" || r.Token != token {
				return
			}
			authorised = true
			p.send(frame{Type: "auth_success"})
		case r.Type == "create_session":
			sessions[r.SessionID] = &[]turnMessage{}
			p.send(frame{Type: "session_created", SessionID: r.SessionID})
		case r.Type == "end_session":
			delete(sessions, r.SessionID)
		case r.Type == "send_prompt" && sessions[r.SessionID] != nil:
			history := sessions[r.SessionID]
			go func() {
				if err := p.turn(ctx, r.SessionID, history, r.Prompt); err != nil && ctx.Err() == nil {
					p.send(frame{Type: "error", SessionID: r.SessionID, Message: err.Error()})
				}
			}()
		}
	}
}

func main() {
	http.HandleFunc("/ws", serve)
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil))
}

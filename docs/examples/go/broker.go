// Package broker gives silenceper/wechat the tokens of the wxplane broker. Standard library only.
package broker

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"sync"
	"time"
)

// Broker is where tokens come from.
type Broker struct {
	URL       string // such as http://broker:3002
	ClientKey string // wxp_…
	HTTP      *http.Client
}

// Token is one token, kept as long as the broker allows. It implements credential.AccessTokenContextHandle.
type Token struct {
	broker *Broker
	path   string
	mu     sync.Mutex
	token  string
	until  time.Time
}

// Authorizer is the token of one merchant's account. Keep the Token: it holds the cache.
func (b *Broker) Authorizer(componentAppid, authorizerAppid string) *Token {
	return &Token{broker: b, path: "/v1/components/" + componentAppid + "/authorizers/" + authorizerAppid + "/token"}
}

// Component is the component's own token.
func (b *Broker) Component(componentAppid string) *Token {
	return &Token{broker: b, path: "/v1/components/" + componentAppid + "/token"}
}

// GetAccessToken is what the SDK calls before every request.
func (t *Token) GetAccessToken() (string, error) {
	return t.GetAccessTokenContext(context.Background())
}

// GetAccessTokenContext is the same with a context.
func (t *Token) GetAccessTokenContext(ctx context.Context) (string, error) {
	t.mu.Lock() // one question at a time, however many goroutines want it
	defer t.mu.Unlock()
	if t.token != "" && time.Now().Before(t.until) {
		return t.token, nil
	}
	return t.ask(ctx, http.MethodGet, t.path, nil)
}

// ReportInvalid tells the broker that WeChat refused this token, and returns the one to use from now on.
func (t *Token) ReportInvalid(ctx context.Context, refused string) (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.token != "" && t.token != refused && time.Now().Before(t.until) { // somebody else has reported it meanwhile
		return t.token, nil
	}
	t.token = ""
	return t.ask(ctx, http.MethodPost, t.path+"/report-invalid", map[string]string{"token": refused})
}

var refusal = regexp.MustCompile(`errcode=(40001|40014|42001|42006)\b`)

// Call runs call, and once more with another token when WeChat refused the first. The SDK's errors carry the code in their text.
func (t *Token) Call(ctx context.Context, call func() error) error {
	token, err := t.GetAccessTokenContext(ctx)
	if err != nil {
		return err
	}
	refused := call()
	if refused == nil || !refusal.MatchString(refused.Error()) {
		return refused
	}
	fresh, err := t.ReportInvalid(ctx, token)
	if err != nil {
		return err
	}
	if fresh == token { // it is good: the call was refused for another reason
		return refused
	}
	return call()
}

func (t *Token) ask(ctx context.Context, method, path string, body any) (string, error) {
	var payload io.Reader
	if body != nil {
		encoded, err := json.Marshal(body)
		if err != nil {
			return "", err
		}
		payload = bytes.NewReader(encoded)
	}
	request, err := http.NewRequestWithContext(ctx, method, t.broker.URL+path, payload)
	if err != nil {
		return "", err
	}
	request.Header.Set("Authorization", "Bearer "+t.broker.ClientKey)
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	client := t.broker.HTTP
	if client == nil {
		client = &http.Client{Timeout: 25 * time.Second}
	}
	askedAt := time.Now()
	response, err := client.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		problem, _ := io.ReadAll(io.LimitReader(response.Body, 4096)) // application/problem+json, without secrets
		return "", fmt.Errorf("broker: HTTP %d %s", response.StatusCode, problem)
	}
	var answer struct {
		AccessToken  string `json:"access_token"`
		CacheSeconds int    `json:"cache_seconds"`
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		return "", err
	}
	t.token, t.until = answer.AccessToken, askedAt.Add(time.Duration(answer.CacheSeconds)*time.Second)
	return t.token, nil
}

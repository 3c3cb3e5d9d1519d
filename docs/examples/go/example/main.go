// Calls of a mini program, of an official account and of the component itself, with tokens of the broker.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"net/url"
	"os"
	"strings"

	"example/broker"

	"github.com/silenceper/wechat/v2"
	"github.com/silenceper/wechat/v2/cache"
	miniConfig "github.com/silenceper/wechat/v2/miniprogram/config"
	"github.com/silenceper/wechat/v2/miniprogram/qrcode"
	officialConfig "github.com/silenceper/wechat/v2/officialaccount/config"
	"github.com/silenceper/wechat/v2/util"
)

const weChat = "https://api.weixin.qq.com"

var (
	component       = os.Getenv("COMPONENT_APPID")
	miniProgram     = os.Getenv("MINI_PROGRAM_APPID")
	officialAccount = os.Getenv("OFFICIAL_ACCOUNT_APPID")
	played          = os.Getenv("WECHAT_URL") // not set: WeChat itself
)

func main() {
	ctx := context.Background()
	if played != "" {
		util.DefaultHTTPClient = &http.Client{Transport: elsewhere{}}
	}
	tokens := &broker.Broker{URL: os.Getenv("BROKER_URL"), ClientKey: os.Getenv("BROKER_CLIENT_KEY")}

	mini := wechat.NewWechat().GetMiniProgram(&miniConfig.Config{AppID: miniProgram, Cache: cache.NewMemory()})
	miniToken := tokens.Authorizer(component, miniProgram)
	mini.SetAccessTokenHandle(miniToken)
	code := func() (picture []byte) {
		check(miniToken.Call(ctx, func() (err error) {
			anyPage := false
			picture, err = mini.GetQRCode().GetWXACodeUnlimit(qrcode.QRCoder{Scene: "a=1", CheckPath: &anyPage})
			return
		}))
		return
	}

	official := wechat.NewWechat().GetOfficialAccount(&officialConfig.Config{AppID: officialAccount, Cache: cache.NewMemory()})
	officialToken := tokens.Authorizer(component, officialAccount)
	official.SetAccessTokenHandle(officialToken)
	follower := func() (openid string) {
		check(officialToken.Call(ctx, func() error {
			info, err := official.GetUser().GetUserInfo("oExample1")
			if err == nil {
				openid = info.OpenID
			}
			return err
		}))
		return
	}

	// The SDK has no calls of a component that take a token of ours; its helpers do.
	componentToken := tokens.Component(component)
	asComponent := func(path string, body any, answer any) error {
		return componentToken.Call(ctx, func() error {
			token, err := componentToken.GetAccessTokenContext(ctx)
			if err != nil {
				return err
			}
			response, err := util.PostJSON(weChat+path+"?access_token="+token, body)
			if err != nil {
				return err
			}
			if err := util.DecodeWithCommonError(response, path); err != nil {
				return err
			}
			return json.Unmarshal(response, answer)
		})
	}
	var list struct {
		Authorizers []json.RawMessage `json:"list"`
	}
	page := map[string]any{"component_appid": component, "offset": 0, "count": 100}
	authorizers := func() int {
		check(asComponent("/cgi-bin/component/api_get_authorizer_list", page, &list))
		return len(list.Authorizers)
	}

	fmt.Printf("a mini program's code: %d bytes\n", len(code()))
	fmt.Println("a follower:", follower())
	fmt.Println("authorizers of the component:", authorizers())
	if played != "" {
		spoil(map[string]string{"authorizer_appid": miniProgram})
		fmt.Printf("after its token was refused: %d bytes\n", len(code()))
		spoil(map[string]string{})
		fmt.Println("after the component's token was refused:", authorizers(), "authorizers")
	}
	refused := asComponent("/wxa/deletetemplate", map[string]int{"template_id": 987654}, &struct{}{})
	fmt.Println("a refused call:", refused)
}

// elsewhere sends what is meant for WeChat to what plays it. (util.SetURIModifier does not reach the calls that answer pictures.)
type elsewhere struct{}

func (elsewhere) RoundTrip(request *http.Request) (*http.Response, error) {
	target, err := url.Parse(strings.Replace(request.URL.String(), weChat, played, 1))
	if err != nil {
		return nil, err
	}
	redirected := request.Clone(request.Context())
	redirected.URL, redirected.Host = target, target.Host
	return http.DefaultTransport.RoundTrip(redirected)
}

// spoil lets the sandbox take back the token that is in use.
func spoil(whose map[string]string) {
	whose["component_appid"], whose["how"] = component, "kill"
	body, _ := json.Marshal(whose)
	response, err := http.Post(played+"/_control/tokens/expire", "application/json", bytes.NewReader(body))
	check(err)
	defer response.Body.Close()
	if response.StatusCode >= 300 {
		log.Fatalf("the sandbox answers %s", response.Status)
	}
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import me.chanjar.weixin.common.error.WxErrorException;
import me.chanjar.weixin.common.error.WxRuntimeException;
import me.chanjar.weixin.open.api.WxOpenComponentService;

/** Calls of a mini program, of an official account and of the component itself, with tokens of the broker. */
public class Example {
  private static final String BROKER = System.getenv("BROKER_URL");
  private static final String COMPONENT = System.getenv("COMPONENT_APPID");
  private static final String MINI_PROGRAM = System.getenv("MINI_PROGRAM_APPID");
  private static final String OFFICIAL_ACCOUNT = System.getenv("OFFICIAL_ACCOUNT_APPID");
  /** Not set: WeChat itself. */
  private static final String WECHAT = System.getenv("WECHAT_URL");

  public static void main(String[] arguments) throws Exception {
    BrokerTokens tokens = new BrokerTokens(BROKER, System.getenv("BROKER_CLIENT_KEY"));
    BrokerConfigStorage storage = new BrokerConfigStorage(tokens, COMPONENT, WECHAT);
    WxOpenComponentService wechat = new BrokerOpenService(storage, WECHAT).getWxOpenComponentService();

    byte[] code = wechat.getWxMaServiceByAppid(MINI_PROGRAM).getQrcodeService().createWxaCodeUnlimitBytes(
        "a=1", null, false, "release", 430, true, null, false);
    say("a mini program's code", code.length + " bytes");
    say("a follower", wechat.getWxMpServiceByAppid(OFFICIAL_ACCOUNT).getUserService().userInfo("oExample1").getOpenId());
    say("templates of the component", wechat.getTemplateList().size() + "");

    if (WECHAT != null) {
      spoil("\"authorizer_appid\":\"" + MINI_PROGRAM + "\",");
      code = wechat.getWxMaServiceByAppid(MINI_PROGRAM).getQrcodeService().createWxaCodeUnlimitBytes(
          "a=2", null, false, "release", 430, true, null, false);
      say("after its token was refused", code.length + " bytes");
      spoil("");
      say("after the component's token was refused", wechat.getTemplateList().size() + " templates");
    }
    refused(wechat);
    forced(wechat);
  }

  /** A refusal that no other token heals comes as WeChat said it, with errcode and rid. */
  private static void refused(WxOpenComponentService wechat) {
    try {
      wechat.deleteTemplate(987654);
    } catch (WxErrorException error) {
      say("a refused call", error.getError().getJson());
    }
  }

  private static void forced(WxOpenComponentService wechat) throws WxErrorException {
    try {
      wechat.getAuthorizerAccessToken(MINI_PROGRAM, true);
      throw new IllegalStateException("a forced refresh must not reach WeChat");
    } catch (WxRuntimeException error) {
      say("a forced refresh", error.getMessage());
    }
  }

  /** The sandbox takes back the token that is in use. */
  private static void spoil(String whose) throws Exception {
    String body = "{" + whose + "\"component_appid\":\"" + COMPONENT + "\",\"how\":\"kill\"}";
    HttpRequest request = HttpRequest.newBuilder(URI.create(WECHAT + "/_control/tokens/expire"))
        .header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(body)).build();
    int status = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    if (status >= 300) throw new IllegalStateException("the sandbox answers " + status);
  }

  private static void say(String what, String result) {
    System.out.println(what + ": " + result);
  }
}

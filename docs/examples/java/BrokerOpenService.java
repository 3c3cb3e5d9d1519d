import me.chanjar.weixin.common.error.WxErrorException;
import me.chanjar.weixin.common.error.WxRuntimeException;
import me.chanjar.weixin.open.api.impl.WxOpenServiceImpl;

/** The component's own calls: none of those that the broker makes, and, if wanted, to a WeChat that is played. */
public class BrokerOpenService extends WxOpenServiceImpl {
  private final String wechatUrl;

  public BrokerOpenService(BrokerConfigStorage storage, String wechatUrl) {
    this.wechatUrl = wechatUrl;
    setWxOpenConfigStorage(storage);
  }

  @Override
  public String get(String url, String query) throws WxErrorException {
    return super.get(address(url), query);
  }

  @Override
  public String post(String url, String body) throws WxErrorException {
    return super.post(address(url), body);
  }

  private String address(String url) {
    if (url.matches(".*/component/api_(start_push_ticket|component_token|query_auth|authorizer_token)\\b.*"))
      throw new WxRuntimeException("this call is the broker's; made twice, it ends everybody's tokens");
    return wechatUrl == null ? url : url.replace("https://api.weixin.qq.com", wechatUrl);
  }
}

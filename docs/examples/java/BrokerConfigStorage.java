import cn.binarywang.wx.miniapp.config.WxMaConfig;
import me.chanjar.weixin.common.error.WxRuntimeException;
import me.chanjar.weixin.mp.config.WxMpConfigStorage;
import me.chanjar.weixin.mp.config.WxMpHostConfig;
import me.chanjar.weixin.open.api.impl.WxOpenInMemoryConfigStorage;

/**
 * Makes WxJava (weixin-java-open) take every token from the broker: nothing ever looks expired to it, so it never refreshes; what it
 * declares expired, because WeChat refused it, is reported to the broker.
 */
public class BrokerConfigStorage extends WxOpenInMemoryConfigStorage {
  private final BrokerTokens tokens;
  private final String wechatUrl;
  /** Set when the broker says that the refused token is good: a repetition would be refused for the same reason. */
  private final ThreadLocal<Boolean> doNotRepeat = ThreadLocal.withInitial(() -> false);

  public BrokerConfigStorage(BrokerTokens tokens, String componentAppid) {
    this(tokens, componentAppid, null);
  }

  /** @param wechatUrl what plays WeChat, such as http://127.0.0.1:3100; null: WeChat itself */
  public BrokerConfigStorage(BrokerTokens tokens, String componentAppid, String wechatUrl) {
    this.tokens = tokens;
    this.wechatUrl = wechatUrl;
    setComponentAppId(componentAppid);
  }

  private String component() {
    return BrokerTokens.component(getComponentAppId());
  }

  private String authorizer(String appId) {
    return BrokerTokens.authorizer(getComponentAppId(), appId);
  }

  @Override
  public WxMaConfig getWxMaConfig(String appId) {
    WxMaConfig config = super.getWxMaConfig(appId);
    if (wechatUrl != null) config.setApiHostUrl(wechatUrl);
    return config;
  }

  @Override
  public WxMpConfigStorage getWxMpConfigStorage(String appId) {
    WxMpConfigStorage config = super.getWxMpConfigStorage(appId);
    if (wechatUrl != null) config.setHostConfig(new WxMpHostConfig(wechatUrl, wechatUrl, wechatUrl));
    return config;
  }

  /** Asked right after a token was declared expired. WxJava repeats a component's call for as long as this says yes. */
  @Override
  public boolean autoRefreshToken() {
    boolean repeat = !doNotRepeat.get();
    doNotRepeat.remove();
    return repeat;
  }

  @Override
  public boolean isComponentAccessTokenExpired() {
    return false;
  }

  @Override
  public String getComponentAccessToken() {
    return tokens.get(component());
  }

  @Override
  public void expireComponentAccessToken() {
    doNotRepeat.set(!tokens.reportInvalid(component()));
  }

  @Override
  public void updateComponentAccessToken(String componentAccessToken, int expiresInSeconds) {
    throw forced();
  }

  /** WxJava reads it only to ask WeChat for a token of its own. */
  @Override
  public String getComponentAppSecret() {
    throw forced();
  }

  @Override
  public boolean isAuthorizerAccessTokenExpired(String appId) {
    return false;
  }

  @Override
  public String getAuthorizerAccessToken(String appId) {
    return tokens.get(authorizer(appId));
  }

  @Override
  public void expireAuthorizerAccessToken(String appId) {
    doNotRepeat.set(!tokens.reportInvalid(authorizer(appId)));
  }

  @Override
  public void updateAuthorizerAccessToken(String appId, String authorizerAccessToken, int expiresInSeconds) {
    throw forced();
  }

  /** Refresh tokens belong to the broker alone; WxJava reads one only to ask WeChat for a token of its own. */
  @Override
  public String getAuthorizerRefreshToken(String appId) {
    throw forced();
  }

  @Override
  public void setAuthorizerRefreshToken(String appId, String authorizerRefreshToken) {}

  @Override
  public void updateAuthorizerRefreshToken(String appId, String authorizerRefreshToken) {}

  private static WxRuntimeException forced() {
    return new WxRuntimeException("tokens come from the broker: do not force a refresh, and do not exchange codes");
  }
}

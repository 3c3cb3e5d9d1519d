import me.chanjar.weixin.common.error.WxRuntimeException;
import me.chanjar.weixin.open.api.impl.WxOpenInMemoryConfigStorage;

/**
 * Makes WxJava (weixin-java-open) take every token from the broker: nothing ever looks expired to it, so it never refreshes; what it
 * declares expired, because WeChat refused it, is reported to the broker.
 */
public class BrokerConfigStorage extends WxOpenInMemoryConfigStorage {
  private final BrokerTokens tokens;

  public BrokerConfigStorage(BrokerTokens tokens, String componentAppid) {
    this.tokens = tokens;
    setComponentAppId(componentAppid);
  }

  private String component() {
    return BrokerTokens.component(getComponentAppId());
  }

  private String authorizer(String appId) {
    return BrokerTokens.authorizer(getComponentAppId(), appId);
  }

  @Override
  public boolean isComponentAccessTokenExpired() {
    return false;
  }

  @Override
  public String getComponentAccessToken() {
    return tokens.get(component());
  }

  /** WxJava repeats a component's call for as long as its token is refused; this ends it when the token is not to blame. */
  @Override
  public void expireComponentAccessToken() {
    if (!tokens.reportInvalid(component()))
      throw new WxRuntimeException("WeChat refused the call, and the component token is good: see the errcode logged before");
  }

  @Override
  public void updateComponentAccessToken(String componentAccessToken, int expiresInSeconds) {
    throw new WxRuntimeException("tokens come from the broker; do not force a refresh");
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
    tokens.reportInvalid(authorizer(appId));
  }

  @Override
  public void updateAuthorizerAccessToken(String appId, String authorizerAccessToken, int expiresInSeconds) {
    throw new WxRuntimeException("tokens come from the broker; do not force a refresh");
  }

  /** Refresh tokens belong to the broker alone. */
  @Override
  public String getAuthorizerRefreshToken(String appId) {
    return null;
  }

  @Override
  public void setAuthorizerRefreshToken(String appId, String authorizerRefreshToken) {}

  @Override
  public void updateAuthorizerRefreshToken(String appId, String authorizerRefreshToken) {}
}

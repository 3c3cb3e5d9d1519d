"""Tokens of the wxplane broker for wechatpy: kept as long as the broker allows, never refreshed by the SDK itself."""

import threading
import time

import requests
from wechatpy import WeChatClient
from wechatpy.exceptions import WeChatClientException

#: WeChat's words for "this token is not valid (any more)".
REFUSED = (40001, 40014, 42001, 42006)


class BrokerToken:
    """One token. Keep it: it holds the cache. Threads may share it."""

    def __init__(self, broker_url, client_key, component_appid, authorizer_appid=None):
        """Without an authorizer_appid it is the component's own token."""
        account = f"/authorizers/{authorizer_appid}" if authorizer_appid else ""
        self._url = f"{broker_url}/v1/components/{component_appid}{account}/token"
        self._http = requests.Session()
        self._http.headers["Authorization"] = f"Bearer {client_key}"
        self._lock = threading.Lock()
        self._token = None
        self._until = 0.0

    def get(self):
        with self._lock:  # one question at a time, however many threads want it
            if self._token is None or time.monotonic() >= self._until:
                self._ask("GET", self._url)
            return self._token

    def report_invalid(self, refused):
        """WeChat refused this token. Returns the one to use from now on: the same one if it is good."""
        with self._lock:
            # Otherwise somebody else has reported it meanwhile.
            if self._token in (None, refused) or time.monotonic() >= self._until:
                self._ask("POST", f"{self._url}/report-invalid", json={"token": refused})
            return self._token

    def _ask(self, method, url, **more):
        asked_at = time.monotonic()
        response = self._http.request(method, url, timeout=25, **more)
        if not response.ok:
            # application/problem+json: type, detail, and what WeChat said. It holds no secret.
            raise RuntimeError(f"broker: HTTP {response.status_code} {response.text}")
        answer = response.json()
        self._token, self._until = answer["access_token"], asked_at + answer["cache_seconds"]


class BrokerClient(WeChatClient):
    """A WeChatClient of one account. What WeChat refuses because of its token is reported, and repeated once."""

    def __init__(self, token, appid, wechat_url="https://api.weixin.qq.com", **more):
        # auto_retry would ask WeChat for a token, and repeat for as long as one is refused.
        super().__init__(appid, secret="the broker has it", auto_retry=False, **more)
        self._token = token
        self._wechat_url = wechat_url

    @property
    def access_token(self):
        return self._token.get()

    def fetch_access_token(self):
        raise RuntimeError("tokens come from the broker; do not fetch one")

    def _request(self, method, url_or_endpoint, **more):
        if not url_or_endpoint.startswith(("http://", "https://")):
            url_or_endpoint = more.pop("api_base_url", self.API_BASE_URL) + url_or_endpoint
        url = url_or_endpoint.replace("https://api.weixin.qq.com", self._wechat_url)
        params = dict(more.pop("params", None) or {})
        refused = params["access_token"] = self._token.get()
        try:
            # Copies: the SDK writes into what it is given.
            return super()._request(method, url, params=dict(params), **dict(more))
        except WeChatClientException as error:
            if error.errcode not in REFUSED:
                raise
            params["access_token"] = self._token.report_invalid(refused)
            if params["access_token"] == refused:
                raise  # the token is good; the call was refused for another reason
        return super()._request(method, url, params=params, **more)

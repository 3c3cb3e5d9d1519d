"""Calls of a mini program, of an official account and of the component itself, with tokens of the broker."""

import os

import requests
from broker_client import BrokerClient, BrokerToken
from wechatpy.exceptions import WeChatClientException

BROKER = (os.environ["BROKER_URL"], os.environ["BROKER_CLIENT_KEY"], os.environ["COMPONENT_APPID"])
MINI_PROGRAM = os.environ["MINI_PROGRAM_APPID"]
OFFICIAL_ACCOUNT = os.environ["OFFICIAL_ACCOUNT_APPID"]
WECHAT = os.environ.get("WECHAT_URL")  # not set: WeChat itself
where = {"wechat_url": WECHAT} if WECHAT else {}

mini_program = BrokerClient(BrokerToken(*BROKER, MINI_PROGRAM), MINI_PROGRAM, **where)
official_account = BrokerClient(BrokerToken(*BROKER, OFFICIAL_ACCOUNT), OFFICIAL_ACCOUNT, **where)
component = BrokerClient(BrokerToken(*BROKER), BROKER[2], **where)


def code(path):
    return f"{len(mini_program.wxa.create_qrcode(path).content)} bytes"


def templates():
    return len(component.get("https://api.weixin.qq.com/wxa/gettemplatelist")["template_list"])


def spoil(**whose):
    """The sandbox takes back the token that is in use."""
    body = {"component_appid": BROKER[2], "how": "kill", **whose}
    requests.post(f"{WECHAT}/_control/tokens/expire", json=body, timeout=10).raise_for_status()


print("a mini program's code:", code("pages/index/index"))
print("a follower:", official_account.user.get("oExample1")["openid"])
print("templates of the component:", templates())
if WECHAT:
    spoil(authorizer_appid=MINI_PROGRAM)
    print("after its token was refused:", code("pages/index/index?a=2"))
    spoil()
    print("after the component's token was refused:", templates(), "templates")
try:
    component.post("https://api.weixin.qq.com/wxa/deletetemplate", data={"template_id": 987654})
except WeChatClientException as error:  # a refusal that no other token heals comes as WeChat said it
    print("a refused call:", error.errcode, error.errmsg)

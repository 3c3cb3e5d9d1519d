<?php

declare(strict_types=1);

// Calls of a mini program, of an official account and of the component itself, with tokens of the broker.

use EasyWeChat\Kernel\HttpClient\AccessTokenAwareClient;
use EasyWeChat\MiniApp\Application as MiniApp;
use EasyWeChat\OfficialAccount\Application as OfficialAccount;
use Symfony\Component\Cache\Adapter\FilesystemAdapter;
use Symfony\Component\Cache\Psr16Cache;
use Symfony\Component\HttpClient\HttpClient;

require getenv('AUTOLOAD') ?: __DIR__.'/vendor/autoload.php';
require __DIR__.'/BrokerAccessToken.php';

[$miniProgram, $officialAccount] = [getenv('MINI_PROGRAM_APPID'), getenv('OFFICIAL_ACCOUNT_APPID')];
$wechat = getenv('WECHAT_URL') ?: null; // not set: WeChat itself
$http = HttpClient::create();
$cache = new Psr16Cache(new FilesystemAdapter('wxplane-example', 0, sys_get_temp_dir().'/wxplane-example-'.getmypid()));
$broker = [$http, $cache, getenv('BROKER_URL'), getenv('BROKER_CLIENT_KEY'), getenv('COMPONENT_APPID')];
$config = fn (string $appid) => ['app_id' => $appid, 'secret' => 'the broker has it'] + ($wechat ? ['http' => ['base_uri' => "$wechat/"]] : []);

$miniToken = BrokerAccessToken::ofAuthorizer(...[...$broker, $miniProgram]);
$mini = (new MiniApp($config($miniProgram)))->setAccessToken($miniToken);
$officialToken = BrokerAccessToken::ofAuthorizer(...[...$broker, $officialAccount]);
$official = (new OfficialAccount($config($officialAccount)))->setAccessToken($officialToken);
// For the API of code templates: EasyWeChat's own client, with the component's token under the name that this API wants.
$templateToken = BrokerAccessToken::ofComponent(...[...$broker, 'access_token']);
$component = new AccessTokenAwareClient(HttpClient::create(['base_uri' => ($wechat ?? 'https://api.weixin.qq.com').'/']), $templateToken, null, false);

$code = fn (): int => strlen($miniToken->call(fn () => $mini->getClient()->postJson('wxa/getwxacodeunlimit', ['scene' => 'a=1', 'check_path' => false]))->getContent());
$templates = fn (): int => count($templateToken->call(fn () => $component->get('wxa/gettemplatelist'))->toArray()['template_list']);
/** The sandbox takes back the token that is in use. */
$spoil = fn (array $whose) => $http->request('POST', "$wechat/_control/tokens/expire", ['json' => ['component_appid' => getenv('COMPONENT_APPID'), 'how' => 'kill'] + $whose])->getContent();

echo "a mini program's code: {$code()} bytes\n";
$follower = $officialToken->call(fn () => $official->getClient()->get('cgi-bin/user/info', ['openid' => 'oExample1']));
echo "a follower: {$follower->toArray()['openid']}\n";
echo "templates of the component: {$templates()}\n";
if ($wechat) {
    $spoil(['authorizer_appid' => $miniProgram]);
    echo "after its token was refused: {$code()} bytes\n";
    $spoil([]);
    echo "after the component's token was refused: {$templates()} templates\n";
}
$refused = $templateToken->call(fn () => $component->postJson('wxa/deletetemplate', ['template_id' => 987654]))->toArray(false);
echo "a refused call: {$refused['errcode']} {$refused['errmsg']}\n";

<?php

declare(strict_types=1);

use EasyWeChat\Kernel\Contracts\RefreshableAccessToken;
use EasyWeChat\Kernel\HttpClient\Response;
use Psr\SimpleCache\CacheInterface;
use Symfony\Contracts\HttpClient\HttpClientInterface;

/** A token of the wxplane broker for EasyWeChat 6: kept as long as the broker allows, never refreshed by the SDK itself. */
final class BrokerAccessToken implements RefreshableAccessToken
{
    /** WeChat's words for "this token is not valid (any more)". */
    private const REFUSED = [40001, 40014, 42001, 42006];

    /** The token this object gave out last: the one a refusal is about, whatever other workers put into the cache since. */
    private ?string $given = null;

    private function __construct(
        private HttpClientInterface $http,
        private CacheInterface $cache,
        private string $brokerUrl,
        private string $clientKey,
        private string $path,
        private string $parameter,
    ) {
    }

    /** @param CacheInterface $cache one that all workers of this machine share (APCu, Redis): PHP forgets everything else after a request */
    public static function ofAuthorizer(
        HttpClientInterface $http,
        CacheInterface $cache,
        string $brokerUrl,
        string $clientKey,
        string $componentAppid,
        string $authorizerAppid,
    ): self {
        $path = "/v1/components/{$componentAppid}/authorizers/{$authorizerAppid}/token";

        return new self($http, $cache, $brokerUrl, $clientKey, $path, 'access_token');
    }

    /** @param string $parameter how the API wants it: `component_access_token`, or `access_token` for those of code templates */
    public static function ofComponent(
        HttpClientInterface $http,
        CacheInterface $cache,
        string $brokerUrl,
        string $clientKey,
        string $componentAppid,
        string $parameter = 'component_access_token',
    ): self {
        return new self($http, $cache, $brokerUrl, $clientKey, "/v1/components/{$componentAppid}/token", $parameter);
    }

    public function getToken(): string
    {
        $token = $this->cache->get($this->key());

        return $this->given = is_string($token) ? $token : $this->keep('GET', $this->path, []);
    }

    /** @return array<string, string> */
    public function toQuery(): array
    {
        return [$this->parameter => $this->getToken()];
    }

    /** "WeChat refused the token." The broker answers the one to use from now on: the same one if it is good. */
    public function refresh(): string
    {
        $refused = $this->given ?? $this->getToken();

        return $this->given = $this->keep('POST', $this->path.'/report-invalid', ['json' => ['token' => $refused]]);
    }

    /**
     * Makes a call, and once more with another token if WeChat refused the first. Pictures pass, too.
     *
     * @param callable(): Response $call
     */
    public function call(callable $call): Response
    {
        $answer = $call();
        if (!in_array(self::errcode($answer), self::REFUSED, true)) {
            return $answer;
        }
        $refused = $this->given;

        return $this->refresh() === $refused ? $answer : $call();
    }

    /** The SDK's `toArray()` throws on a picture, with the address of the call in its message, and in that the token. */
    private static function errcode(Response $answer): int
    {
        $content = $answer->getContent(false);
        $json = str_starts_with(ltrim($content), '{') ? json_decode($content, true) : null;

        return (int) ($json['errcode'] ?? 0);
    }

    /** @param array<string, mixed> $options */
    private function keep(string $method, string $path, array $options): string
    {
        $askedAt = time();
        $response = $this->http->request($method, $this->brokerUrl.$path, $options + [
            'headers' => ['Authorization' => 'Bearer '.$this->clientKey],
            'timeout' => 25,
        ]);
        if ($response->getStatusCode() !== 200) {
            // application/problem+json: type, detail, and what WeChat said. It holds no secret.
            throw new RuntimeException('broker: HTTP '.$response->getStatusCode().' '.$response->getContent(false));
        }
        $answer = $response->toArray();
        $seconds = $answer['cache_seconds'] - (time() - $askedAt);
        if ($seconds > 0) {
            $this->cache->set($this->key(), $answer['access_token'], $seconds);
        } else {
            $this->cache->delete($this->key());
        }

        return $answer['access_token'];
    }

    private function key(): string
    {
        return 'wxplane.'.md5($this->brokerUrl.$this->path);
    }
}

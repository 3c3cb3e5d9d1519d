<?php

declare(strict_types=1);

use EasyWeChat\Kernel\Contracts\RefreshableAccessToken;
use Psr\SimpleCache\CacheInterface;
use Symfony\Contracts\HttpClient\HttpClientInterface;

/** A token of the wxplane broker for EasyWeChat 6: kept as long as the broker allows, never refreshed by the SDK itself. */
final class BrokerAccessToken implements RefreshableAccessToken
{
    /** WeChat's words for "this token is not valid (any more)". */
    private const REFUSED = [40001, 40014, 42001, 42006];

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

    public static function ofComponent(
        HttpClientInterface $http,
        CacheInterface $cache,
        string $brokerUrl,
        string $clientKey,
        string $componentAppid,
    ): self {
        return new self($http, $cache, $brokerUrl, $clientKey, "/v1/components/{$componentAppid}/token", 'component_access_token');
    }

    public function getToken(): string
    {
        $token = $this->cache->get($this->key());

        return is_string($token) ? $token : $this->keep('GET', $this->path, []);
    }

    /** @return array<string, string> */
    public function toQuery(): array
    {
        return [$this->parameter => $this->getToken()];
    }

    /** "WeChat refused the token." The broker answers the one to use from now on. */
    public function refresh(): string
    {
        $refused = $this->getToken();
        $this->cache->delete($this->key());

        return $this->keep('POST', $this->path.'/report-invalid', ['json' => ['token' => $refused]]);
    }

    /**
     * Makes a call, and once more with another token if WeChat refused the first.
     *
     * @param callable(): \EasyWeChat\Kernel\HttpClient\Response $call
     * @return array<string, mixed>
     */
    public function call(callable $call): array
    {
        $answer = $call()->toArray(false);
        if (!in_array($answer['errcode'] ?? 0, self::REFUSED, true)) {
            return $answer;
        }
        $this->refresh();

        return $call()->toArray(false);
    }

    /** @param array<string, mixed> $options */
    private function keep(string $method, string $path, array $options): string
    {
        $askedAt = time();
        $answer = $this->http->request($method, $this->brokerUrl.$path, $options + [
            'headers' => ['Authorization' => 'Bearer '.$this->clientKey],
            'timeout' => 25,
        ])->toArray(); // throws for 4xx and 5xx
        $seconds = $answer['cache_seconds'] - (time() - $askedAt);
        if ($seconds > 0) {
            $this->cache->set($this->key(), $answer['access_token'], $seconds);
        }

        return $answer['access_token'];
    }

    private function key(): string
    {
        return 'wxplane.'.md5($this->brokerUrl.$this->path);
    }
}

using System;
using System.Collections.Concurrent;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Serialization;
using System.Threading;
using System.Threading.Tasks;
using SKIT.FlurlHttpClient.Wechat.Api;

/// <summary>Tokens of the wxplane broker, kept as long as it allows. One instance per process. .NET 6 or newer.</summary>
public sealed class BrokerTokens
{
    private sealed record Answer(
        [property: JsonPropertyName("access_token")] string AccessToken,
        [property: JsonPropertyName("cache_seconds")] int CacheSeconds);

    private sealed class Entry
    {
        public readonly SemaphoreSlim Gate = new(1, 1);
        public string? Token;
        public long UntilMs;
    }

    private readonly ConcurrentDictionary<string, Entry> _entries = new();
    private readonly HttpClient _http;

    /// <param name="http">With BaseAddress = the broker's and a timeout of 25 s.</param>
    public BrokerTokens(HttpClient http, string clientKey)
    {
        _http = http;
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", clientKey);
    }

    public static string Component(string component) => $"/v1/components/{component}/token";

    public static string Authorizer(string component, string authorizer) =>
        $"/v1/components/{component}/authorizers/{authorizer}/token";

    /// <summary>Makes a call with the token, and once more with another one if WeChat refused the first.</summary>
    /// <param name="path">Of <see cref="Component"/> or <see cref="Authorizer"/>.</param>
    public async Task<T> CallAsync<T>(string path, Func<string, Task<T>> call, CancellationToken cancel = default)
        where T : WechatApiResponse
    {
        var token = await GetAsync(path, cancel);
        var response = await call(token);
        return response.ErrorCode is 40001 or 40014 or 42001 or 42006 ? await call(await ReportInvalidAsync(path, token, cancel)) : response;
    }

    public Task<string> GetAsync(string path, CancellationToken cancel = default) =>
        WithEntryAsync(path, _ => true, () => _http.GetAsync(path, cancel), cancel);

    /// <summary>WeChat refused this token. Returns the one to use from now on.</summary>
    public Task<string> ReportInvalidAsync(string path, string refused, CancellationToken cancel = default) =>
        WithEntryAsync(
            path,
            token => token != refused, // otherwise somebody else has reported it meanwhile
            () => _http.PostAsJsonAsync(path + "/report-invalid", new { token = refused }, cancel),
            cancel);

    /// <summary>One question at a time per token, however many callers wait.</summary>
    private async Task<string> WithEntryAsync(
        string path, Func<string, bool> wanted, Func<Task<HttpResponseMessage>> ask, CancellationToken cancel)
    {
        var entry = _entries.GetOrAdd(path, _ => new Entry());
        await entry.Gate.WaitAsync(cancel);
        try
        {
            if (entry.Token != null && Environment.TickCount64 < entry.UntilMs && wanted(entry.Token)) return entry.Token;
            var askedAtMs = Environment.TickCount64;
            using var response = await ask();
            if (!response.IsSuccessStatusCode)
            {
                // application/problem+json: type, detail, and what WeChat said. It holds no secret.
                throw new HttpRequestException(
                    await response.Content.ReadAsStringAsync(cancel), null, response.StatusCode);
            }
            var answer = await response.Content.ReadFromJsonAsync<Answer>(cancellationToken: cancel)
                ?? throw new HttpRequestException("the broker answered without a token");
            entry.Token = answer.AccessToken;
            entry.UntilMs = askedAtMs + answer.CacheSeconds * 1000L;
            return entry.Token;
        }
        finally
        {
            entry.Gate.Release();
        }
    }
}

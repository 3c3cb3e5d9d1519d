import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Tokens of the wxplane broker, kept as long as it allows. Java 11 or newer, and Gson. */
public class BrokerTokens {
  private static final class Kept {
    final String token;
    final long untilNanos;

    Kept(String token, long untilNanos) {
      this.token = token;
      this.untilNanos = untilNanos;
    }
  }

  private final HttpClient http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(3)).build();
  private final Map<String, Kept> kept = new ConcurrentHashMap<>();
  private final Map<String, Object> locks = new ConcurrentHashMap<>();
  private final String brokerUrl;
  private final String clientKey;

  public BrokerTokens(String brokerUrl, String clientKey) {
    this.brokerUrl = brokerUrl;
    this.clientKey = clientKey;
  }

  public static String component(String componentAppid) {
    return "/v1/components/" + componentAppid + "/token";
  }

  public static String authorizer(String componentAppid, String authorizerAppid) {
    return "/v1/components/" + componentAppid + "/authorizers/" + authorizerAppid + "/token";
  }

  /** @param path of {@link #component} or {@link #authorizer} */
  public String get(String path) {
    Kept known = kept.get(path);
    if (known != null && known.untilNanos - System.nanoTime() > 0) return known.token;
    // One question at a time per token, however many threads want it.
    synchronized (locks.computeIfAbsent(path, any -> new Object())) {
      known = kept.get(path);
      if (known != null && known.untilNanos - System.nanoTime() > 0) return known.token;
      return keep(path, HttpRequest.newBuilder().GET());
    }
  }

  /**
   * WeChat refused the token that was given out last.
   *
   * @return whether there is another one now; if not, the token is good, and the call was refused for another reason
   */
  public boolean reportInvalid(String path) {
    synchronized (locks.computeIfAbsent(path, any -> new Object())) {
      Kept refused = kept.get(path);
      if (refused == null) return true;
      JsonObject body = new JsonObject();
      body.addProperty("token", refused.token);
      HttpRequest.Builder request =
          HttpRequest.newBuilder()
              .header("Content-Type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofString(body.toString()));
      return !keep(path, request, "/report-invalid").equals(refused.token);
    }
  }

  private String keep(String path, HttpRequest.Builder request) {
    return keep(path, request, "");
  }

  private String keep(String path, HttpRequest.Builder request, String suffix) {
    long askedAt = System.nanoTime();
    JsonObject answer = send(request.uri(URI.create(brokerUrl + path + suffix)));
    String token = answer.get("access_token").getAsString();
    // Counted from the question, on a clock that nobody sets.
    kept.put(path, new Kept(token, askedAt + Duration.ofSeconds(answer.get("cache_seconds").getAsLong()).toNanos()));
    return token;
  }

  private JsonObject send(HttpRequest.Builder request) {
    try {
      HttpResponse<String> response =
          http.send(
              request.header("Authorization", "Bearer " + clientKey).timeout(Duration.ofSeconds(25)).build(),
              HttpResponse.BodyHandlers.ofString());
      // The body of an error is application/problem+json: type, detail, and what WeChat said. It holds no secret.
      if (response.statusCode() != 200)
        throw new IllegalStateException("broker: HTTP " + response.statusCode() + " " + response.body());
      return JsonParser.parseString(response.body()).getAsJsonObject();
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    } catch (InterruptedException error) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while asking the broker", error);
    }
  }
}

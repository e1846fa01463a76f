package io.layerwatch.runtime.security;

import io.layerwatch.runtime.settings.CommonSettings;
import io.layerwatch.runtime.settings.InvalidSettingsException;
import io.layerwatch.runtime.settings.Problems;
import io.layerwatch.runtime.settings.Settings;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What guards one of this process's HTTP endpoints: TLS, a bearer token, both or neither.
 *
 * <pre>{@code
 * try (EndpointSecurity security = EndpointSecurity.of(settings, CommonSettings.ADMIN_TOKEN_FILE)) {
 *   security.watch();
 *   security.tls().ifPresent(tls -> ...);
 *   if (!security.admits(request.header("Authorization"))) { ... 401 ... }
 * }
 * }</pre>
 *
 * <p>Files that change are read again within {@link #CHECK_EVERY} twice. Safe for use by several
 * threads.
 */
public final class EndpointSecurity implements AutoCloseable {

  /** Guards nothing. */
  public static final EndpointSecurity NONE =
      new EndpointSecurity(Optional.empty(), Optional.empty());

  /** How often files are looked at. */
  public static final Duration CHECK_EVERY = Duration.ofSeconds(10);

  private static final Logger LOG = LoggerFactory.getLogger(EndpointSecurity.class);

  private final Optional<ServerTls> tls;
  private final Optional<Renewed<BearerTokens>> tokens;
  private Optional<ScheduledExecutorService> watching = Optional.empty();

  private EndpointSecurity(Optional<ServerTls> tls, Optional<Renewed<BearerTokens>> tokens) {
    this.tls = tls;
    this.tokens = tokens;
  }

  /**
   * Reads the files that the settings name.
   *
   * @param tokenFile the setting that names the endpoint's tokens
   * @throws InvalidSettingsException listing what is wrong with every file
   */
  public static EndpointSecurity of(Settings settings, String tokenFile) {
    List<String> problems = new ArrayList<>();
    Optional<ServerTls> tls = Optional.empty();
    boolean certificate = settings.optionalText(CommonSettings.TLS_CERTIFICATE).isPresent();
    boolean key = settings.optionalText(CommonSettings.TLS_KEY).isPresent();
    if (certificate && key) {
      tls = Problems.gather(problems, () -> ServerTls.read(settings));
    } else if (certificate || key) {
      problems.add(
          settings.problem(
              certificate ? CommonSettings.TLS_KEY : CommonSettings.TLS_CERTIFICATE,
              "a file, as "
                  + (certificate ? CommonSettings.TLS_CERTIFICATE : CommonSettings.TLS_KEY)
                  + " is given"));
    }
    Optional<Renewed<BearerTokens>> tokens =
        settings
            .optionalText(tokenFile)
            .flatMap(file -> Problems.gather(problems, () -> tokens(settings, tokenFile)));
    if (!problems.isEmpty()) {
      throw new InvalidSettingsException(problems);
    }
    return tls.isEmpty() && tokens.isEmpty() ? NONE : new EndpointSecurity(tls, tokens);
  }

  private static Renewed<BearerTokens> tokens(Settings settings, String key) {
    return new Renewed<>(
        List.of(Path.of(settings.text(key))),
        () -> BearerTokens.read(settings, key),
        renewed -> {});
  }

  /** Looks at the files from now on, until this is closed. */
  public void watch() {
    watch(CHECK_EVERY);
  }

  synchronized void watch(Duration every) {
    if (watching.isPresent() || (tls.isEmpty() && tokens.isEmpty())) {
      return;
    }
    ScheduledExecutorService thread =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread made = new Thread(task, "layerwatch-secrets");
              made.setDaemon(true);
              return made;
            });
    var unused =
        thread.scheduleWithFixedDelay(
            this::check, every.toMillis(), every.toMillis(), TimeUnit.MILLISECONDS);
    watching = Optional.of(thread);
  }

  private void check() {
    try {
      tls.ifPresent(ServerTls::check);
      tokens.ifPresent(Renewed::check);
    } catch (RuntimeException e) {
      // What a repeated task throws ends it, without a word.
      LOG.warn("files of certificates and tokens could not be looked at", e);
    }
  }

  /** How connections are secured, if they are. */
  public Optional<ServerTls> tls() {
    return tls;
  }

  /** {@code http} or {@code https}. */
  public String scheme() {
    return tls.isPresent() ? "https" : "http";
  }

  /** Whether a request with that header {@code Authorization} may pass. */
  public boolean admits(Optional<String> authorization) {
    return tokens.isEmpty() || authorization.filter(tokens.get().get()::accept).isPresent();
  }

  /** Whether nobody passes without a token. */
  public boolean asksForTokens() {
    return tokens.isPresent();
  }

  /** The end of the certificate's time, if there is one. */
  public Optional<Instant> expires() {
    return tls.map(ServerTls::expires);
  }

  /** Why clients will refuse the certificate, if they will. */
  public Optional<String> outOfTime() {
    return tls.flatMap(known -> known.outOfTime(Instant.now()));
  }

  /** A client in this process trusts the endpoint's certificate, and no other. */
  public HttpClient.Builder trusted(HttpClient.Builder client) {
    tls.ifPresent(known -> client.sslContext(known.own()));
    return client;
  }

  /** A request of this process to the endpoint. */
  public HttpRequest.Builder authorized(HttpRequest.Builder request) {
    tokens.ifPresent(known -> request.setHeader("Authorization", known.get().authorization()));
    return request;
  }

  @Override
  public synchronized void close() {
    watching.ifPresent(ScheduledExecutorService::shutdownNow);
    watching = Optional.empty();
  }
}

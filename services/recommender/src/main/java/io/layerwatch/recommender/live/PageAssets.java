package io.layerwatch.recommender.live;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import io.layerwatch.runtime.process.AdminServer;
import io.layerwatch.runtime.process.HttpAnswer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The files that the page is made of. They hold no data, so anybody may have them. */
final class PageAssets {

  private static final String DIRECTORY = "page/";
  private static final List<String> SCRIPTS =
      List.of(
          "live.js",
          "feed.js",
          "format.js",
          "heat-map.js",
          "layer-table.js",
          "links.js",
          "panels.js",
          "scale.js",
          "storage.js",
          "theme.js");

  private PageAssets() {}

  /** Serves the page at {@code /}, the rest below {@code /page/}. */
  static void serveOn(AdminServer admin) {
    serve(admin, "/", "index.html", "text/html; charset=utf-8");
    serve(admin, "/page/live.css", "live.css", "text/css; charset=utf-8");
    serve(admin, "/page/icon.svg", "icon.svg", "image/svg+xml");
    SCRIPTS.forEach(name -> serve(admin, "/page/" + name, name, "text/javascript; charset=utf-8"));
  }

  private static void serve(AdminServer admin, String path, String name, String type) {
    HttpAnswer file = new HttpAnswer(200, type, text(name));
    admin.serveOpen(
        path,
        exchange -> {
          secure(exchange, "no-cache");
          HttpAnswer.unlessGet(exchange).orElse(file).send(exchange);
        });
  }

  /** Nothing from other hosts, nothing in line, no guessing of types, in nobody's frame. */
  static void secure(HttpExchange exchange, String caching) {
    Headers headers = exchange.getResponseHeaders();
    headers.set(
        "Content-Security-Policy",
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none';"
            + " object-src 'none'");
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set("Referrer-Policy", "no-referrer");
    headers.set("Cache-Control", caching);
  }

  private static String text(String name) {
    try (InputStream file = PageAssets.class.getResourceAsStream(DIRECTORY + name)) {
      if (file == null) {
        throw new IllegalStateException("no resource " + DIRECTORY + name);
      }
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

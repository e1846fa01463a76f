package io.layerwatch.instrumentation.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One request and its answer: either whole, or a stream of server-sent events. What is sent never
 * waits for the client: it is handed to the connection's event loop. Safe for use by several
 * threads, of which one at a time answers.
 */
final class Exchange {

  /** A client that leaves so many bytes of events unread gets no more. */
  private static final int UNSENT_AT_MOST = 1 << 20;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Channel channel;
  private final String method;
  private final String path;
  private final Optional<String> prefillOnly;
  private final byte[] body;
  private final boolean keepAlive;
  private final boolean chunked;
  private final Runnable finished;
  private final AtomicLong unsent = new AtomicLong();
  private boolean begun;
  private boolean gone;
  private Runnable onGone = () -> {};

  /**
   * What a client asked for.
   *
   * @param prefillOnly value of the header {@link PrefillOnly#HEADER}
   */
  @SuppressWarnings("ArrayRecordComponent") // handed over once, neither compared nor changed
  record Request(
      String method,
      String path,
      Optional<String> prefillOnly,
      byte[] body,
      boolean keepAlive,
      HttpVersion version) {}

  /**
   * A request that is to be answered.
   *
   * @param finished runs on the event loop when the answer has been sent
   */
  Exchange(Channel channel, Request request, Runnable finished) {
    this.channel = channel;
    this.method = request.method();
    this.path = request.path();
    this.prefillOnly = request.prefillOnly();
    this.body = request.body();
    this.keepAlive = request.keepAlive();
    this.chunked = request.version().equals(HttpVersion.HTTP_1_1);
    this.finished = finished;
  }

  String method() {
    return method;
  }

  String path() {
    return path;
  }

  Optional<String> prefillOnly() {
    return prefillOnly;
  }

  byte[] body() {
    return body;
  }

  /** Runs the action once the client has gone without its whole answer, at once if it has. */
  void onGone(Runnable action) {
    synchronized (this) {
      if (!gone) {
        onGone = action;
        return;
      }
    }
    action.run();
  }

  /** The connection is closed. */
  void connectionClosed() {
    Runnable action;
    synchronized (this) {
      if (gone) {
        return;
      }
      gone = true;
      action = onGone;
    }
    action.run();
  }

  /** Whether a part of the answer is on its way, so that no other status can be sent. */
  synchronized boolean begun() {
    return begun;
  }

  /** Answers whole. */
  void answer(int status, JsonNode json, Map<String, String> headers) {
    synchronized (this) {
      begun = true;
    }
    ByteBuf bytes = Unpooled.wrappedBuffer(bytes(json));
    DefaultFullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status), bytes);
    response.headers().set(HttpHeaderNames.CONTENT_TYPE, "application/json");
    HttpUtil.setContentLength(response, bytes.readableBytes());
    headers.forEach(response.headers()::set);
    describe(response, keepAlive && !headers.containsKey("Connection"));
    last(response, HttpUtil.isKeepAlive(response));
  }

  /** Begins a stream of events. */
  void beginEvents() {
    synchronized (this) {
      begun = true;
    }
    HttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, "text/event-stream; charset=utf-8")
        .set(HttpHeaderNames.CACHE_CONTROL, "no-cache")
        // Proxies such as nginx would gather events otherwise.
        .set("X-Accel-Buffering", "no");
    HttpUtil.setTransferEncodingChunked(response, chunked);
    describe(response, chunked && keepAlive);
    var unused = channel.write(response);
  }

  private static void describe(HttpResponse response, boolean staysOpen) {
    response.headers().set("x-request-id", "req_" + UUID.randomUUID());
    HttpUtil.setKeepAlive(response, staysOpen);
  }

  /** Sends an event; returns whether the client still takes them. */
  boolean event(JsonNode json) {
    return event(bytes(json));
  }

  private boolean event(byte[] data) {
    ByteBuf bytes =
        Unpooled.wrappedBuffer(
            "data: ".getBytes(StandardCharsets.US_ASCII),
            data,
            "\n\n".getBytes(StandardCharsets.US_ASCII));
    int size = bytes.readableBytes();
    long waiting = unsent.addAndGet(size);
    var unused =
        channel
            .writeAndFlush(new DefaultHttpContent(bytes))
            .addListener(sent -> unsent.addAndGet(-size));
    return waiting <= UNSENT_AT_MOST;
  }

  /** Ends a stream as it should end. */
  void endEvents() {
    event("[DONE]".getBytes(StandardCharsets.US_ASCII));
    last(LastHttpContent.EMPTY_LAST_CONTENT, chunked && keepAlive);
  }

  /** Ends a stream with an error, after which nothing comes. */
  void breakEvents(JsonNode error) {
    event(error);
    // As HTTP goes the answer is complete, and its head promised to keep the connection.
    last(LastHttpContent.EMPTY_LAST_CONTENT, chunked && keepAlive);
  }

  /** Cuts the client off, which has stopped taking its answer. */
  void cut() {
    var unused = channel.close();
  }

  private void last(Object message, boolean staysOpen) {
    var unused =
        channel
            .writeAndFlush(message)
            .addListener(
                sent -> {
                  synchronized (this) {
                    // From here on the client may go.
                    gone = true;
                  }
                  finished.run();
                })
            .addListener(staysOpen ? sent -> {} : ChannelFutureListener.CLOSE);
  }

  private static byte[] bytes(JsonNode json) {
    try {
      return JSON.writeValueAsBytes(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}

package io.layerwatch.instrumentation.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/**
 * Gathers one connection's requests, one after the other, within bounds of size and time; lives on
 * the connection's event loop. It goes on reading while a request is being answered, which is how
 * it learns that the client has gone.
 */
final class RequestReader extends ChannelInboundHandlerAdapter {

  /** Parts of the next requests that a client may send ahead. */
  private static final int SENT_AHEAD_AT_MOST = 64;

  private static final Duration IDLE_AT_MOST = Duration.ofMinutes(2);

  private final Limits limits;
  private final Predicate<Optional<String>> admission;
  private final BiConsumer<Exchange, Optional<ApiException>> handler;
  private final Deque<Object> ahead = new ArrayDeque<>();
  private final ByteArrayOutputStream body = new ByteArrayOutputStream(0);
  private Optional<HttpRequest> head = Optional.empty();
  private Optional<ApiException> problem = Optional.empty();
  private Optional<Exchange> answering = Optional.empty();
  private Optional<ScheduledFuture<?>> deadline = Optional.empty();

  /** After what is no HTTP nothing can be read any more. */
  private boolean broken;

  /**
   * What connections may use.
   *
   * @param body most bytes of a request's body
   * @param received most time from the first to the last byte of a request
   * @param gathered bytes of bodies that all connections are sending now
   * @param gatheredAtMost of those
   */
  record Limits(int body, Duration received, AtomicLong gathered, long gatheredAtMost) {}

  /**
   * Reads a connection.
   *
   * @param admission whether a request with that header {@code Authorization} is admitted
   * @param handler takes each request, and what is wrong with it if something is
   */
  RequestReader(
      Limits limits,
      Predicate<Optional<String>> admission,
      BiConsumer<Exchange, Optional<ApiException>> handler) {
    this.limits = limits;
    this.admission = admission;
    this.handler = handler;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    expectWithin(context, limits.received());
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (answering.isPresent()) {
      ahead.add(message);
      if (ahead.size() > SENT_AHEAD_AT_MOST) {
        var unused = context.close();
      }
      return;
    }
    try {
      take(context, message);
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void take(ChannelHandlerContext context, Object message) {
    if (message instanceof HttpRequest request) {
      begin(context, request);
    }
    if (message instanceof HttpContent content && head.isPresent()) {
      if (content.decoderResult().isFailure()) {
        broken = true;
        fail(ApiException.refused(400, "invalid_http", "expected HTTP/1.1"));
      }
      gather(content.content());
      if (content instanceof LastHttpContent) {
        end(context);
      }
    }
  }

  private void begin(ChannelHandlerContext context, HttpRequest request) {
    head = Optional.of(request);
    expectWithin(context, limits.received());
    broken = request.decoderResult().isFailure();
    if (broken) {
      problem = Optional.of(ApiException.refused(400, "invalid_http", "expected HTTP/1.1"));
    } else if (!admission.test(
        Optional.ofNullable(request.headers().get(HttpHeaderNames.AUTHORIZATION)))) {
      // Known from the head, so that nothing of the body is kept.
      problem = Optional.of(ApiException.unauthorized());
    } else if (HttpUtil.getContentLength(request, 0L) > limits.body()) {
      problem = Optional.of(tooLarge());
    } else if (request.headers().contains(HttpHeaderNames.CONTENT_ENCODING)) {
      problem =
          Optional.of(
              ApiException.refused(415, "unsupported_encoding", "Content-Encoding: expected none"));
    } else if (HttpUtil.is100ContinueExpected(request)) {
      var unused =
          context.writeAndFlush(
              new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
    }
  }

  private ApiException tooLarge() {
    return ApiException.refused(
        413, "body_too_large", "body: expected at most " + limits.body() + " bytes");
  }

  /** Takes in what there is, or throws it away: a client must have sent all to read an answer. */
  private void gather(ByteBuf content) {
    int size = content.readableBytes();
    if (problem.isEmpty() && body.size() + size > limits.body()) {
      fail(tooLarge());
    }
    if (problem.isPresent() || size == 0) {
      return;
    }
    if (limits.gathered().addAndGet(size) > limits.gatheredAtMost()) {
      limits.gathered().addAndGet(-size);
      fail(ApiException.tooMany("too many large requests are being sent"));
      return;
    }
    byte[] bytes = new byte[size];
    content.readBytes(bytes);
    body.writeBytes(bytes);
  }

  private void fail(ApiException reason) {
    problem = Optional.of(reason);
    release();
  }

  private byte[] release() {
    byte[] bytes = body.toByteArray();
    limits.gathered().addAndGet(-bytes.length);
    body.reset();
    return bytes;
  }

  private void end(ChannelHandlerContext context) {
    expectNothing();
    HttpRequest request = head.orElseThrow();
    Exchange exchange =
        new Exchange(
            context.channel(),
            new Exchange.Request(
                request.method().name(),
                new QueryStringDecoder(request.uri()).path(),
                Optional.ofNullable(request.headers().get(PrefillOnly.HEADER)),
                release(),
                HttpUtil.isKeepAlive(request) && !broken,
                request.protocolVersion()),
            () -> next(context));
    answering = Optional.of(exchange);
    Optional<ApiException> wrong = problem;
    head = Optional.empty();
    problem = Optional.empty();
    handler.accept(exchange, wrong);
  }

  /** The answer is sent: on with what the client has sent ahead. */
  private void next(ChannelHandlerContext context) {
    answering = Optional.empty();
    if (context.channel().isActive()) {
      expectWithin(context, IDLE_AT_MOST);
    }
    while (answering.isEmpty() && !ahead.isEmpty()) {
      Object message = ahead.remove();
      try {
        take(context, message);
      } finally {
        ReferenceCountUtil.release(message);
      }
    }
  }

  private void expectWithin(ChannelHandlerContext context, Duration time) {
    expectNothing();
    deadline =
        Optional.of(
            context
                .executor()
                .schedule(() -> tooLate(context), time.toMillis(), TimeUnit.MILLISECONDS));
  }

  private void expectNothing() {
    deadline.ifPresent(scheduled -> scheduled.cancel(false));
    deadline = Optional.empty();
  }

  private void tooLate(ChannelHandlerContext context) {
    if (head.isEmpty()) {
      var unused = context.close();
      return;
    }
    // Whoever is still sending may read this, or not.
    release();
    Exchange exchange =
        new Exchange(
            context.channel(),
            new Exchange.Request(
                head.get().method().name(),
                new QueryStringDecoder(head.get().uri()).path(),
                Optional.empty(),
                new byte[0],
                false,
                HttpVersion.HTTP_1_1),
            () -> {});
    answering = Optional.of(exchange);
    handler.accept(
        exchange,
        Optional.of(
            ApiException.timedOut(
                "expected the whole request within " + limits.received().toSeconds() + " s")));
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    expectNothing();
    release();
    ahead.forEach(ReferenceCountUtil::release);
    ahead.clear();
    answering.ifPresent(Exchange::connectionClosed);
  }

  /** A broken connection or a client that does not take its answer. */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    var unused = context.close();
  }

  /** Closes a connection that is one too many. */
  static void refuse(Channel channel) {
    var unused = channel.close().addListener(ChannelFutureListener.CLOSE);
  }
}

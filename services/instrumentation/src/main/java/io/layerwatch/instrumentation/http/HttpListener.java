package io.layerwatch.instrumentation.http;

import io.layerwatch.runtime.security.EndpointSecurity;
import io.layerwatch.runtime.security.ServerTls;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.timeout.WriteTimeoutHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import javax.net.ssl.SSLEngine;

/**
 * Listens for HTTP/1.1, over TLS where that is asked for. Connections cost no thread, so slow and
 * stalled ones hold nobody up; their number, the bytes they send and the time they take are
 * bounded.
 */
final class HttpListener implements AutoCloseable {

  private static final int CONNECTIONS_AT_MOST = 1024;
  private static final int BODIES_AT_MOST = 64;
  private static final int EVENT_LOOPS = 2;
  private static final int HANDSHAKE_THREADS = 2;
  private static final int UNTAKEN_ANSWER_SECONDS = 30;
  private static final Duration CLOSE_TIMEOUT = Duration.ofMillis(500);

  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(
          EVENT_LOOPS,
          new DefaultThreadFactory("layerwatch-http", true),
          NioIoHandler.newFactory());

  /** A handshake computes for about a millisecond, which event loops have not. */
  private final ExecutorService handshakes =
      Executors.newFixedThreadPool(
          HANDSHAKE_THREADS, new DefaultThreadFactory("layerwatch-tls", true));

  private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private final Channel server;

  /**
   * Starts to listen.
   *
   * @param handler takes each request on an event loop, and must not wait there
   */
  HttpListener(
      InetSocketAddress address,
      EndpointSecurity security,
      int bodyLimit,
      Duration receiveTimeout,
      BiConsumer<Exchange, Optional<ApiException>> handler)
      throws InterruptedException {
    RequestReader.Limits limits =
        new RequestReader.Limits(
            bodyLimit, receiveTimeout, new AtomicLong(), (long) BODIES_AT_MOST * bodyLimit);
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(loops)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, 512)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            // Left alone, the system buffers megabytes for a client that does not read.
            .childOption(ChannelOption.SO_SNDBUF, 1 << 17)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    accept(
                        channel,
                        security.tls(),
                        new RequestReader(limits, security::admits, handler));
                  }
                });
    try {
      server = bootstrap.bind(address).sync().channel();
    } catch (Throwable e) {
      stopLoops();
      throw e;
    }
  }

  private void accept(SocketChannel channel, Optional<ServerTls> tls, RequestReader reader) {
    if (connections.size() >= CONNECTIONS_AT_MOST) {
      RequestReader.refuse(channel);
      return;
    }
    connections.add(channel);
    tls.ifPresent(known -> channel.pipeline().addLast(encryption(known)));
    channel
        .pipeline()
        .addLast(new HttpServerCodec())
        .addLast(new WriteTimeoutHandler(UNTAKEN_ANSWER_SECONDS))
        .addLast(reader);
  }

  private SslHandler encryption(ServerTls tls) {
    SSLEngine engine = tls.context().createSSLEngine();
    engine.setUseClientMode(false);
    engine.setSSLParameters(tls.parameters());
    return new SslHandler(engine, handshakes);
  }

  int port() {
    return ((InetSocketAddress) server.localAddress()).getPort();
  }

  /** Runs an action later on an event loop. */
  java.util.concurrent.ScheduledFuture<?> schedule(Runnable action, Duration delay) {
    return loops.schedule(action, delay.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Accepts no more connections and closes those there are, after what was sent to them. */
  @Override
  public void close() {
    var unused = server.close();
    // An event loop works in order, so the close follows what was handed over before.
    connections.close().awaitUninterruptibly(CLOSE_TIMEOUT.toMillis());
    stopLoops();
  }

  private void stopLoops() {
    loops
        .shutdownGracefully(0, CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
        .awaitUninterruptibly(CLOSE_TIMEOUT.toMillis());
    handshakes.shutdownNow();
  }
}

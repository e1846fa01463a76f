package io.layerwatch.integration;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.pattern.ThrowableProxyConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.AppenderBase;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.LoggerFactory;

/**
 * All that is logged in this process at DEBUG, by whomever, from its making until it is closed, and
 * none of it on the terminal.
 */
final class WholeLog implements AutoCloseable {

  private final LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
  private final Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  private final Map<Logger, Level> levels = new HashMap<>();
  private final List<Appender<ILoggingEvent>> others = new ArrayList<>();
  private final ByteArrayOutputStream text = new ByteArrayOutputStream();
  private final ThrowableProxyConverter traces = new ThrowableProxyConverter();
  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          String line =
              event.getLevel()
                  + " "
                  + event.getLoggerName()
                  + ": "
                  + event.getFormattedMessage()
                  + "\n"
                  + traces.convert(event);
          text.writeBytes(line.getBytes(StandardCharsets.UTF_8));
        }
      };

  WholeLog() {
    for (Logger logger : context.getLoggerList()) {
      if (logger.getLevel() != null) {
        levels.put(logger, logger.getLevel());
        logger.setLevel(logger == root ? Level.DEBUG : null);
      }
    }
    root.iteratorForAppenders().forEachRemaining(others::add);
    others.forEach(root::detachAppender);
    traces.start();
    appender.start();
    root.addAppender(appender);
  }

  byte[] bytes() {
    return text.toByteArray();
  }

  @Override
  public void close() {
    root.detachAppender(appender);
    appender.stop();
    others.forEach(root::addAppender);
    levels.forEach(Logger::setLevel);
  }
}

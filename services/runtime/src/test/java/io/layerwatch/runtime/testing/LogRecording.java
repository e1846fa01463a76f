package io.layerwatch.runtime.testing;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** What an operator is told to act on, from its making until it is closed. */
public final class LogRecording implements AutoCloseable {

  private final Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
  private final List<String> warnings = new CopyOnWriteArrayList<>();
  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          if (event.getLevel().isGreaterOrEqual(Level.WARN)) {
            warnings.add(
                event.getLevel()
                    + " "
                    + event.getLoggerName()
                    + ": "
                    + event.getFormattedMessage());
          }
        }
      };

  /** Begins to record. */
  public LogRecording() {
    appender.start();
    root.addAppender(appender);
  }

  /** Warnings and errors so far, in their order. */
  public List<String> warnings() {
    return warnings;
  }

  @Override
  public void close() {
    root.detachAppender(appender);
    appender.stop();
  }
}

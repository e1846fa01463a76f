package io.layerwatch.benchmarks.capacity;

import java.lang.management.ManagementFactory;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/** What broker and clients in this JVM count. */
final class Jmx {

  private static final MBeanServer BEANS = ManagementFactory.getPlatformMBeanServer();

  private Jmx() {}

  /** Bytes that the broker took for an application's changelogs, as they lie on its disk. */
  static double changelogBytes(String applicationId) {
    return changelog("BytesInPerSec", applicationId);
  }

  static double changelogRecords(String applicationId) {
    return changelog("MessagesInPerSec", applicationId);
  }

  private static double changelog(String metric, String applicationId) {
    return sum(
        "kafka.server:type=BrokerTopicMetrics,name="
            + metric
            + ",topic="
            + applicationId
            + "-*-changelog",
        "Count");
  }

  /** Changelog records that an application read to restore its state. */
  static double restoredRecords(String applicationId) {
    return sum(
        "kafka.consumer:type=consumer-fetch-manager-metrics,client-id="
            + applicationId
            + "-*-restore-consumer",
        "records-consumed-total");
  }

  private static double sum(String pattern, String attribute) {
    try {
      double sum = 0;
      for (ObjectName bean : BEANS.queryNames(new ObjectName(pattern), null)) {
        sum += ((Number) BEANS.getAttribute(bean, attribute)).doubleValue();
      }
      return sum;
    } catch (JMException e) {
      throw new IllegalStateException(pattern + " cannot be read", e);
    }
  }
}

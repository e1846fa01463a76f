package io.layerwatch.instrumentation.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerwatch.runtime.settings.InvalidSettingsException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ComputeDeviceTest {

  @ParameterizedTest
  @ValueSource(strings = {"auto", "cpu", "gpu", "gpu:1", "gpu:12"})
  void itsNameIsReadAsWritten(String id) {
    assertThat(id).matches(ComputeDevice.FORM);
    assertThat(ComputeDevice.ofId(id).id()).isEqualTo(id);
  }

  @ParameterizedTest
  @CsvSource({"gpu, 0, none", "gpu:2, 0, none", "gpu:2, 2, '2, counted from 0'"})
  void aGpuThatIsNotThereIsOneSentence(String id, int gpus, String found) {
    assertThatThrownBy(() -> ComputeDevice.ofId(id).requireAmong(gpus))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessage(
            "instrumentation.device: expected a GPU that PyTorch sees ("
                + found
                + "), got \""
                + id
                + "\"; the instrumentation README says which PyTorch library it takes");
  }

  @Test
  void aGpuThatIsThereIsTaken() {
    assertThatCode(() -> ComputeDevice.ofId("gpu:1").requireAmong(2)).doesNotThrowAnyException();
  }

  @Test
  void theCpuIsAlwaysThere() {
    assertThat(ComputeDevice.CPU.device().isGpu()).isFalse();
  }
}

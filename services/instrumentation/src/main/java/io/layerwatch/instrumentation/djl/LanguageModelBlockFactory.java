package io.layerwatch.instrumentation.djl;

import ai.djl.Model;
import ai.djl.nn.Block;
import ai.djl.nn.BlockFactory;
import io.layerwatch.instrumentation.model.LanguageModel;
import io.layerwatch.probe.Probing;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Loads a model directory by DJL's criteria:
 *
 * <pre>{@code
 * Criteria<NDList, NDList> criteria = Criteria.builder()
 *     .setTypes(NDList.class, NDList.class)
 *     .optEngine("PyTorch")
 *     .optModelPath(directory)
 *     .optArgument("blockFactory", LanguageModelBlockFactory.class.getName())
 *     .optArgument("probing", probing)
 *     .optOption("hasParameter", "false")
 *     .build();
 * }</pre>
 *
 * <p>The argument {@value #PROBING} is a {@link Probing}; without one nothing is observed. The
 * weights are freed with DJL's model.
 */
public final class LanguageModelBlockFactory implements BlockFactory {

  private static final long serialVersionUID = 1;
  private static final String PROBING = "probing";

  @Override
  public Block newBlock(Model model, Path modelPath, Map<String, ?> arguments) {
    Optional<Probing> probing = probing(arguments);
    LanguageModel loaded = LanguageModel.load(LanguageModel.Source.of(modelPath));
    model.getNDManager().attachInternal("layerwatch-" + loaded.id(), loaded);
    return new LanguageModelBlock(loaded, probing);
  }

  private static Optional<Probing> probing(Map<String, ?> arguments) {
    Object given = arguments.get(PROBING);
    if (given == null) {
      return Optional.empty();
    }
    if (given instanceof Probing probing) {
      return Optional.of(probing);
    }
    throw new IllegalArgumentException(
        PROBING
            + ": expected a "
            + Probing.class.getName()
            + ", got "
            + given.getClass().getName());
  }
}

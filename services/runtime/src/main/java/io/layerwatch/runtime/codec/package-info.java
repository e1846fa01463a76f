/**
 * Between the records of the analysis module and their Avro form: the only users of Avro classes.
 */
package io.layerwatch.runtime.codec;

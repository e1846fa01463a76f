/** What tests of several modules share. */
package io.layerwatch.runtime.testing;

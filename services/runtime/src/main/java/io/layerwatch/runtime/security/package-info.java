/** What guards this process's own HTTP endpoints: a certificate, and tokens. */
package io.layerwatch.runtime.security;

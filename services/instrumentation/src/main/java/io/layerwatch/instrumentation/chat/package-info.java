/** Chats as the text that a model was trained on. */
package io.layerwatch.instrumentation.chat;

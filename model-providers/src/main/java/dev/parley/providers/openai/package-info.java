/** OpenAI's chat completions, which Groq, vLLM and many others speak too. */
@NullMarked
package dev.parley.providers.openai;

import org.jspecify.annotations.NullMarked;

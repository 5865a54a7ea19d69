package dev.parley.prompt.retrieval;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.store.ByteBuffersDirectory;

/** Passages in a Lucene index in memory. Immutable and thread-safe. */
final class DocumentIndex implements Documents {
    private static final String TEXT = "text";

    private final Terms terms;
    private final List<Passage> passages;
    private final IndexSearcher searcher;

    DocumentIndex(Terms terms, List<Passage> passages) {
        this.terms = terms;
        this.passages = List.copyOf(passages);
        try {
            // the index is in memory and needs no closing
            searcher = new IndexSearcher(DirectoryReader.open(written()));
            searcher.setQueryCache(null);
            searcher.setSimilarity(Bm25.INSTANCE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One segment without deletions, so that Lucene's document numbers are the positions of the passages. */
    private ByteBuffersDirectory written() throws IOException {
        ByteBuffersDirectory memory = new ByteBuffersDirectory();
        try (IndexWriter writer =
                new IndexWriter(memory, new IndexWriterConfig(terms.analyzer()).setSimilarity(Bm25.INSTANCE))) {
            for (Passage passage : passages) {
                Document document = new Document();
                document.add(new TextField(TEXT, passage.title() + "\n" + passage.text(), Field.Store.NO));
                writer.addDocument(document);
            }
            writer.forceMerge(1);
        }
        return memory;
    }

    int size() {
        return passages.size();
    }

    /** Loads the code that the first search of a process needs, which takes longer than a time budget. */
    void warmUp() {
        passages.stream().findFirst().ifPresent(passage -> search(passage.text(), 1));
    }

    @Override
    public List<Passage.Found> search(String question, int limit) {
        if (passages.isEmpty() || limit == 0) {
            return List.of();
        }
        Set<String> asked = Bm25.query(terms, question);
        BooleanQuery.Builder query = new BooleanQuery.Builder();
        asked.forEach(term -> query.add(new TermQuery(new Term(TEXT, term)), BooleanClause.Occur.SHOULD));
        List<Passage.Found> found = new ArrayList<>();
        try {
            double highest = highest(asked);
            for (ScoreDoc hit : searcher.search(query.build(), limit).scoreDocs) {
                double score = Math.clamp(hit.score / highest, 0, 1);
                if (score >= Bm25.MIN_SHARE) {
                    found.add(new Passage.Found(passages.get(hit.doc), Math.round(score * 1e4) / 1e4));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }

    private double highest(Set<String> asked) throws IOException {
        IndexReader reader = searcher.getIndexReader();
        int withTerms = Math.max(1, reader.getDocCount(TEXT));
        double highest = 0;
        for (String term : asked) {
            highest += Bm25.INSTANCE.highest(withTerms, reader.docFreq(new Term(TEXT, term)));
        }
        return highest;
    }
}

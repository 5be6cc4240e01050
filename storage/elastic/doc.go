// Package elastic keeps records in Elasticsearch (8, 9) or OpenSearch (2, 3). docs/storage/elastic.md tells how.
package elastic

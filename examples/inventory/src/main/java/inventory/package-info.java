/// A small shop's stock, kept and served by Valence.
///
/// | class | what the outside calls |
/// | --- | --- |
/// | [Stock] | functions of queries and transactions |
/// | [Web] | HTTP |
/// | [Shortages] | a Lambda function |
/// | [Deliveries] | events of a queue |
/// | [Setup] | once after the first deployment; again does no harm |
///
/// `ion-config.edn` lists these entry points; nothing else can be called from outside.
package inventory;

"""What a mix is made of: tokens and samples by share, each token used as the recipe allows."""

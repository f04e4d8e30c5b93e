"""Labels carried over, measured on rendered scenes with exact boxes: how many, and how many of them are wrong.

Each object that can be seen in a kept frame has its box, as a person would have drawn it; the run drops frames;
`carry_labels` writes COCO for them, which is read again and held against the truth of the dropped frame. A carried box
is wrong where its object is gone, where its own box there overlaps with it by less than .8 (intersection over union),
or where less than three quarters of what was seen of it still is. A frame is called certain wrongly where something
can be seen in it that no label says.
"""
